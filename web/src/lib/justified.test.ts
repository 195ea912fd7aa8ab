import { expect, test } from "vitest";

import { GAP, justified } from "./justified";

test("every full row fills the width", () => {
  const ratios = [1.5, 1.5, 0.75, 1.33, 2, 1, 1.5, 1.5, 0.66, 1.5];
  const rows = justified(ratios, 800, 190);
  for (const row of rows.slice(0, -1)) {
    const across = ratios.slice(row.first, row.end).reduce((sum, ratio) => sum + ratio * row.height, 0);
    expect(across + GAP * (row.end - row.first - 1)).toBeCloseTo(800, 3);
  }
  expect(rows.at(-1)?.end).toBe(ratios.length);
});
