import { expect, test } from "vitest";

import { bounded, GAP, justified } from "./justified";

const some = (count: number) => Array.from({ length: count }, (_, index) => [1.5, 0.75, 1.33, 2, 1, 0.2, 9][index % 7] ?? 1);

const across = (ratios: readonly number[], row: { first: number; end: number; height: number }) =>
  ratios.slice(row.first, row.end).reduce((sum, ratio) => sum + bounded(ratio) * row.height, 0) +
  GAP * (row.end - row.first - 1);

test("every full row fills the width, at about the wanted height", () => {
  const ratios = some(100);
  const rows = justified(ratios, 1300, 190);
  for (const row of rows.slice(0, -1)) {
    expect(across(ratios, row)).toBeCloseTo(1300, 3);
    expect(row.height).toBeGreaterThan(120);
    expect(row.height).toBeLessThan(290);
  }
});

test("every picture is in one row, in order", () => {
  for (const goesOn of [true, false])
    for (const count of [0, 1, 2, 3, 7, 200]) {
      const rows = justified(some(count), 900, 190, { goesOn });
      expect(rows.flatMap((row) => Array.from({ length: row.end - row.first }, (_, number) => row.first + number))).toEqual(
        Array.from({ length: count }, (_, number) => number),
      );
    }
});

test("the last row fills the width where more pictures follow elsewhere", () => {
  const ratios = some(200);
  const rows = justified(ratios, 1300, 190, { goesOn: true });
  for (const row of rows) expect(across(ratios, row)).toBeCloseTo(1300, 3);
});

test("a last row of few pictures is not enlarged", () => {
  expect(justified([1.5], 1300, 190)[0]?.height).toBe(190);
});

test("rows leave room for labels above them", () => {
  const rows = justified(some(20), 900, 190, { strip: 24 });
  rows.reduce((end, row) => {
    expect(row.top - end).toBeCloseTo(24, 6);
    return row.top + row.height + GAP;
  }, 0);
});
