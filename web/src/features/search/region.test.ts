import { expect, test } from "vitest";

import { between, corners, grown, LEAST, MIDDLE, moved, opposite, pressed } from "./region";

test("a region is the same whichever corner it is drawn from, and lies within the picture", () => {
  const drawn = between({ x: 0.2, y: 0.3 }, { x: 0.6, y: 0.9 });
  expect(between({ x: 0.6, y: 0.9 }, { x: 0.2, y: 0.3 })).toEqual(drawn);
  const beyond = between({ x: -1, y: 0.5 }, { x: 3, y: 0.5 });
  expect(beyond).toEqual({ left: 0, top: 0.5, width: 1, height: expect.closeTo(LEAST) as number });
});

test("a region moves and grows as far as the picture reaches", () => {
  expect(moved(MIDDLE, { x: 1, y: -1 })).toEqual({ left: 0.5, top: 0, width: 0.5, height: 0.5 });
  expect(grown(MIDDLE, { x: 1, y: -1 })).toEqual({ left: 0.25, top: 0.25, width: 0.75, height: LEAST });
});

test("dragging a corner leaves the opposite one where it is", () => {
  for (const corner of corners) {
    const fixed = opposite(MIDDLE, corner);
    const dragged = between(fixed, { x: 0.5, y: 0.5 });
    expect(opposite(dragged, corner)).toEqual(fixed);
  }
});

test("arrows move a region, with Shift its far edges, and other keys are left alone", () => {
  expect(pressed(MIDDLE, "ArrowRight", { shift: false, fine: false })?.left).toBeCloseTo(0.27);
  expect(pressed(MIDDLE, "ArrowDown", { shift: true, fine: true })?.height).toBeCloseTo(0.505);
  expect(pressed(MIDDLE, "Enter", { shift: false, fine: false })).toBeNull();
});
