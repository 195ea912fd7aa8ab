import { expect, test } from "vitest";

import { bands } from "./rows";

const ratios = [1.5, 1.5, 0.75, 1.33, 2, 1, 1.5, 1.5, 0.66, 1.5];

test("every hit has one place, in order, and full rows fill the width", () => {
  const laid = bands(ratios, -1, 800, 190);
  const tiles = laid.flatMap((band) => band.tiles);
  expect(tiles.map((tile) => tile.index)).toEqual(ratios.map((_, index) => index));
  for (const band of laid.slice(0, -1)) {
    const last = band.tiles.at(-1);
    expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(800, 3);
  }
});

test("a line parts what is likely meant from the rest, where something is", () => {
  const laid = bands(ratios, 3, 800, 190);
  const line = laid.findIndex((band) => band.kind === "line");
  expect(laid.slice(0, line).flatMap((band) => band.tiles.map((tile) => tile.index))).toEqual([0, 1, 2]);
  expect(laid.slice(line + 1).flatMap((band) => band.tiles.map((tile) => tile.index))).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(bands(ratios, 0, 800, 190).some((band) => band.kind === "line")).toBe(false);
});
