import { expect, test } from "vitest";

import { identity } from "../geometry";
import { distance, type Raster } from "./warp";

/** A picture whose red counts across and whose green counts down. */
function ramp(width: number, height: number, from = 0): Raster {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1)
      data.set([from + column * 10, row * 10, 0, 255], (row * width + column) * 4);
  return { data, width, height };
}

test("a picture does not differ from itself", () => {
  const found = distance(ramp(8, 6), ramp(8, 6), identity);
  expect(found).toMatchObject({ share: 0, most: 0 });
  expect(found.raster.data[3]).toBe(255);
});

test("a mirrored copy does not differ once it is mirrored back", () => {
  const one = ramp(8, 6);
  const data = new Uint8ClampedArray(one.data.length);
  for (let row = 0; row < 6; row += 1)
    for (let column = 0; column < 8; column += 1)
      data.set(one.data.subarray((row * 8 + 7 - column) * 4, (row * 8 + 8 - column) * 4), (row * 8 + column) * 4);
  const mirrored = { data, width: 8, height: 6 };
  expect(distance(one, mirrored, [-1, 0, 1, 0, 1, 0, 0, 0, 1]).most).toBe(0);
  expect(distance(one, mirrored, identity).most).toBe(70);
});

test("what the other does not show is left clear and counts for nothing", () => {
  // The other is the right half.
  const found = distance(ramp(8, 6), ramp(4, 6, 40), [2, 0, -1, 0, 1, 0, 0, 0, 1]);
  expect(found.most).toBe(0);
  expect(found.raster.data[3]).toBe(0);
  expect(found.raster.data[7 * 4 + 3]).toBe(255);
});
