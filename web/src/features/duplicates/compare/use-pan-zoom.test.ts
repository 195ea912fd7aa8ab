import { expect, test } from "vitest";

import { panned, whole, zoomed } from "./use-pan-zoom";

/** Where a place of the picture is seen in the frame. */
const seen = (view: typeof whole, x: number) => (x - view.x) * view.scale + 0.5;

test("what is under the pointer stays there", () => {
  const view = zoomed(zoomed(whole, 2, 0.25, 0.5), 1.5, 0.25, 0.5);
  expect(view.scale).toBe(3);
  expect(seen(view, 0.25)).toBeCloseTo(0.25, 9);
});

test("a drag moves the picture with the pointer", () => {
  const view = zoomed(whole, 4);
  expect(seen(panned(view, 0.1, 0), 0.5)).toBeCloseTo(0.6, 9);
});

test("it is never smaller than its frame, and never lost", () => {
  expect(zoomed(zoomed(whole, 2, 0, 0), 0.1)).toEqual(whole);
  expect(panned(zoomed(whole, 2), 99, -99)).toMatchObject({ x: 0, y: 1 });
});
