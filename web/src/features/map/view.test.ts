import { expect, test } from "vitest";

import { moved, seen, toMap, toWindow, wholeOf, zoomed } from "./view";

const size = { width: 800, height: 600 };

test("the whole map is in the window", () => {
  const { left, top, right, bottom } = seen(wholeOf(size), size);
  expect([left < -1, top < -1, right > 1, bottom > 1]).toEqual([true, true, true, true]);
});

test("what is under the pointer stays there while it zooms", () => {
  const at = { x: 130, y: 410 };
  const before = wholeOf(size);
  const after = zoomed(before, size, at, 3);
  const held = toMap(before, size, at);
  expect(toWindow(after, size, held).x).toBeCloseTo(at.x, 6);
  expect(toWindow(after, size, held).y).toBeCloseTo(at.y, 6);
});

test("nobody zooms out of the map or moves it away", () => {
  const whole = wholeOf(size);
  expect(zoomed(whole, size, { x: 0, y: 0 }, 0.01).scale).toBe(whole.scale);
  expect(moved(whole, 1e9, -1e9)).toEqual({ x: -1, y: 1, scale: whole.scale });
});
