import { expect, test } from "vitest";

import { sharperThan, type Sharpness } from "./sharpness";

const photo: Sharpness = { asset: 7, sha256: "abc", size: { width: 6000, height: 4000 }, frames: 1, shown: true };
const original = "/api/v1/assets/7/original";
const large = "/api/v1/contents/abc/picture?side=3200";

test("nothing sharper is asked for than the screen shows", () => {
  expect(sharperThan(photo, 1600)).toBeNull();
  expect(sharperThan(photo, 3000)).toBe(large);
  expect(sharperThan(photo, 6000)).toBe(original);
});

test("a small picture is seen as it is when it is enlarged", () => {
  const small = { ...photo, size: { width: 300, height: 200 } };
  expect(sharperThan(small, 300)).toBeNull();
  expect(sharperThan(small, 1200)).toBe(original);
});

test("what browsers do not show is made by the server, as large as it is", () => {
  const raw = { ...photo, shown: false };
  expect(sharperThan(raw, 1600)).toBeNull();
  expect(sharperThan(raw, 3200)).toBe(large);
  expect(sharperThan(raw, 6000)).toBe("/api/v1/contents/abc/picture?side=12800");
  expect(sharperThan({ ...raw, size: { width: 3000, height: 2000 } }, 3000)).toBe(large);
  expect(sharperThan({ ...raw, size: { width: 300, height: 200 } }, 1200)).toBeNull();
});

test("no page is given more pixels than it can hold", () => {
  const wide = { ...photo, size: { width: 24000, height: 10000 } };
  expect(sharperThan(wide, 24000)).toBe("/api/v1/contents/abc/picture?side=12800");
  const square = { ...photo, size: { width: 15000, height: 15000 } };
  expect(sharperThan(square, 15000)).toBe("/api/v1/contents/abc/picture?side=6400");
});

test("one that moves is the original at once", () => {
  expect(sharperThan({ ...photo, frames: 12 }, 200)).toBe(original);
});
