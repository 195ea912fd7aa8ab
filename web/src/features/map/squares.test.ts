import { expect, test } from "vitest";

import { inside, nearest, squaresOf, within } from "./squares";

/** Numbers from -1 to 1 that are the same in every run. */
function scattered(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: 2 * count }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  });
}

const places = scattered(5000);
const squares = squaresOf(places);

test("every point is in one square", () => {
  expect([...squares.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, row) => row));
});

test("the points of a rectangle are those that looking at all finds", () => {
  const area = { left: -0.3, top: 0.1, right: 0.25, bottom: 0.6 };
  const all = Array.from({ length: 5000 }, (_, row) => row).filter((row) => {
    const [x = 0, y = 0] = places.subarray(2 * row, 2 * row + 2);
    return x >= area.left && x <= area.right && y >= area.top && y <= area.bottom;
  });
  expect([...within(squares, area)].sort((a, b) => a - b)).toEqual(all);
});

test("the nearest point is the nearest of all, and none where it is too far", () => {
  const at = { x: 0.123, y: -0.456 };
  const distance = (row: number) => Math.hypot((places[2 * row] ?? 0) - at.x, (places[2 * row + 1] ?? 0) - at.y);
  const best = Array.from({ length: 5000 }, (_, row) => row).reduce((a, b) => (distance(b) < distance(a) ? b : a));
  expect(nearest(squares, at, 0.2)).toBe(best);
  expect(nearest(squaresOf(Float32Array.of(0.9, 0.9)), at, 0.2)).toBe(-1);
});

test("a line around an edge takes what is within it alone", () => {
  const three = squaresOf(Float32Array.of(0, 0, 0.5, 0.5, -0.5, 0.5));
  const triangle = [
    { x: -0.1, y: -0.1 },
    { x: 0.9, y: 0.4 },
    { x: 0.1, y: 0.9 },
  ];
  expect([...inside(three, triangle)].sort((a, b) => a - b)).toEqual([0, 1]);
});

test("an empty map has nothing anywhere", () => {
  const none = squaresOf(new Float32Array(0));
  expect(within(none, { left: -1, top: -1, right: 1, bottom: 1 })).toEqual([]);
});
