import { expect, test } from "vitest";

import { after, begun, mean, spread, standingOf } from "./standing";

test("right answers count in all and in a row, and a wrong one ends the row", () => {
  const standing = [true, true, false, true].reduce(after, begun);
  expect(standing).toEqual({ right: 3, played: 4, row: 1, best: 2 });
});

test("what was kept comes back, and nonsense begins anew", () => {
  const standing = after(begun, true);
  expect(standingOf(JSON.stringify(standing))).toEqual(standing);
  for (const nonsense of ["", "null", "{}", "[1]", '{"right":"many"}']) expect(standingOf(nonsense)).toEqual(begun);
});

test("the least is nothing and the greatest all, also where they are one", () => {
  const share = spread([[0.2, 0.3], [0.25]]);
  expect([share(0.2), share(0.25), share(0.3)].map((value) => Number(value.toFixed(6)))).toEqual([0, 0.5, 1]);
  expect(spread([[0.2]])(0.2)).toBe(0);
  expect(mean([0.1, 0.3])).toBeCloseTo(0.2);
});
