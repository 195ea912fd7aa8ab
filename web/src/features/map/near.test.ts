import { expect, test } from "vitest";

import { nearOf, rowAt } from "./near";
import { squaresOf } from "./squares";
import { moved, wholeOf, zoomed } from "./view";

const size = { width: 800, height: 600 };

test("of points that lie together one picture is shown, the same one wherever the map is moved", () => {
  const squares = squaresOf(Float32Array.of(0.1, 0.1, 0.101, 0.101, -0.6, 0.4));
  const whole = wholeOf(size);
  const rows = nearOf(squares, whole, size).map(({ row }) => row);
  expect(rows.sort()).toEqual([0, 2]);
  expect(nearOf(squares, moved(whole, 37, -11), size).map(({ row }) => row).sort()).toEqual(rows);
  const deep = zoomed(whole, size, { x: 427.6, y: 327.6 }, 400);
  expect(nearOf(squares, deep, size).length).toBe(2);
});

test("a crowd has points only", () => {
  const crowd = squaresOf(new Float32Array(2 * 2000).fill(0.2));
  expect(nearOf(crowd, wholeOf(size), size)).toEqual([]);
});

test("the picture under the pointer is the one that is drawn above", () => {
  const near = [
    { row: 4, x: 100, y: 100, side: 40 },
    { row: 9, x: 110, y: 100, side: 40 },
  ];
  expect([rowAt(near, { x: 105, y: 100 }), rowAt(near, { x: 82, y: 100 }), rowAt(near, { x: 300, y: 0 })]).toEqual([9, 4, -1]);
});
