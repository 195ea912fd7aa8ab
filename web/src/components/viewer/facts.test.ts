import { expect, test } from "vitest";

import { clockSeconds, coordinates, exposure, exposureTime, megapixels } from "./facts";

test("an exposure is written as photographers write it", () => {
  const fields = { aperture: 2.8, exposure_seconds: 0.004, iso: 200, focal_length: 35, focal_length_35mm: 56 };
  expect(exposure(fields)).toBe("f/2.8 · 1/250 s · ISO 200 · 35 mm (as 56 mm)");
  expect(exposure({ aperture: 4, focal_length: 50, focal_length_35mm: 50 })).toBe("f/4 · 50 mm");
  expect(exposure({ aperture: "wide", exposure_seconds: 0, iso: null })).toBe("");
});

test("long exposures are seconds, short ones are shares", () => {
  expect(exposureTime(1.3)).toBe("1.3 s");
  expect(exposureTime(0.5)).toBe("0.5 s");
  expect(exposureTime(0.25)).toBe("1/4 s");
  expect(exposureTime(0.000125)).toBe("1/8000 s");
});

test("a time is what the camera's clock showed, wherever it is read", () => {
  expect(clockSeconds("2019-07-04T10:20:30+02:00")).toBe(Date.UTC(2019, 6, 4, 10, 20, 30) / 1000);
  expect(clockSeconds("2019-07-04")).toBe(Date.UTC(2019, 6, 4) / 1000);
  expect(clockSeconds("2019-07")).toBeNull();
  expect(clockSeconds("2019-19-99T99:99")).toBeNull();
});

test("sizes and places have their units", () => {
  expect(megapixels(4000, 3000)).toBe("12 MP");
  expect(megapixels(800, 600)).toBe("0.5 MP");
  expect(megapixels(100, 100)).toBeNull();
  expect(coordinates(-33.8568, 151.2153)).toBe("33.85680° S, 151.21530° E");
});
