import { expect, test } from "vitest";

import { css, fitted, geometry, identity, inverse, moved, scaled, through, times } from "./geometry";

test("an inverse takes back what its matrix does", () => {
  const matrix = [1.2, 0.1, -0.3, 0.05, 0.9, 0.2, 0.1, -0.05, 1];
  const [x, y] = through(times(inverse(matrix), matrix), 0.3, 0.7);
  expect(x).toBeCloseTo(0.3, 9);
  expect(y).toBeCloseTo(0.7, 9);
});

test("what stands on the right is done first", () => {
  expect(through(times(moved(10, 0), scaled(2, 2)), 1, 1)).toEqual([12, 2]);
});

test("turns and mirrors are named as one sees them", () => {
  expect(geometry(identity, 1.5, 1.5)).toEqual({ turn: 0, mirrored: false });
  // A quarter clockwise takes the upper left corner to the upper right one.
  expect(geometry([0, -1, 1, 1, 0, 0, 0, 0, 1], 1.5, 0.667)).toEqual({ turn: 90, mirrored: false });
  expect(geometry([-1, 0, 1, 0, 1, 0, 0, 0, 1], 1.5, 1.5)).toEqual({ turn: 0, mirrored: true });
  expect(geometry([1, 0, 0, 0, -1, 1, 0, 0, 1], 1.5, 1.5)).toEqual({ turn: 180, mirrored: true });
  expect(geometry([-1, 0, 1, 0, -1, 1, 0, 0, 1], 1.5, 1.5)).toEqual({ turn: 180, mirrored: false });
});

test("a picture fits into its box and lies in the middle", () => {
  expect(fitted(2, 100, 100)).toEqual({ left: 0, top: 25, width: 100, height: 50 });
  expect(fitted(0.5, 100, 100)).toEqual({ left: 25, top: 0, width: 50, height: 100 });
});

test("a style has the columns of the matrix", () => {
  expect(css(moved(3, 4))).toBe("matrix3d(1,0,0,0,0,1,0,0,0,0,1,0,3,4,0,1)");
});
