import { expect, test } from "vitest";

import { swipedTo } from "./use-zoom";

const room = { width: 390, height: 700 };

test("a finger goes to the neighbours, and down to close, once it went far enough", () => {
  expect(swipedTo({ x: -120, y: 40 }, room)).toBe(1);
  expect(swipedTo({ x: 120, y: -40 }, room)).toBe(-1);
  expect(swipedTo({ x: 30, y: 160 }, room)).toBe("down");
  expect(swipedTo({ x: 30, y: -160 }, room)).toBeNull();
  expect(swipedTo({ x: 60, y: 0 }, room)).toBeNull();
  expect(swipedTo({ x: 60, y: 80 }, room)).toBeNull();
});
