import { expect, test } from "vitest";

import { bounded, closer, FITTED, fitted, fullScale, limitsOf, panned, zoomed } from "./zoom";

const room = { width: 1000, height: 500 };
const photo = { width: 4000, height: 3000 };
const limits = limitsOf(photo, room, 1);

test("a picture fits into the room, and a small one is not enlarged", () => {
  expect(limits.fit).toEqual({ width: 4000 / 6, height: 500 });
  expect(fitted({ width: 40, height: 30 }, room)).toEqual({ width: 40, height: 30 });
});

test("at its full scale each pixel is one of the screen", () => {
  expect(fullScale(photo, limits.fit, 1) * limits.fit.width).toBe(4000);
  expect(fullScale(photo, limits.fit, 2) * limits.fit.width).toBe(2000);
});

test("what is under the pointer stays there", () => {
  const point = { x: 100, y: -50 };
  const view = zoomed(FITTED, 4, point, limits);
  expect(view.scale).toBe(4);
  // Where a place of the picture, measured from its centre at scale 1, is in the room.
  const seen = (at: { x: number; y: number }) => ({ x: at.x * view.scale + view.x, y: at.y * view.scale + view.y });
  expect(seen(point)).toEqual(point);
});

test("zooming goes no further than fitting and no closer than is allowed", () => {
  expect(zoomed(FITTED, 0.1, { x: 300, y: 9 }, limits)).toEqual(FITTED);
  expect(zoomed(FITTED, 1e6, { x: 0, y: 0 }, limits).scale).toBe(limits.most);
});

test("no gap opens where the picture could be, and what fits stays in the middle", () => {
  expect(panned(FITTED, { x: 400, y: 10 }, limits)).toEqual(FITTED);
  const view = panned({ scale: 3, x: 0, y: 0 }, { x: -1e6, y: 1e6 }, limits);
  expect(view.x).toBeCloseTo(-(limits.fit.width * 3 - 1000) / 2);
  expect(view.y).toBeCloseTo((500 * 3 - 500) / 2);
  expect(bounded(view, limits)).toEqual(view);
});

test("a double click shows more of a picture of any size", () => {
  expect(closer(6)).toBe(6);
  expect(closer(0.9)).toBeGreaterThan(1);
});
