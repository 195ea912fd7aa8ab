import { describe, expect, test } from "vitest";

import { between, byMonth, carried, has, NONE, portioned, sizeOf, toggled, withInterval, without } from "./chosen";

const months = [
  { month: "2020-02", count: 10, ratios: 13 },
  { month: "2020-01", count: 1, ratios: 1 },
  { month: "2019-12", count: 100_000, ratios: 130_000 },
];

describe("chosen pictures", () => {
  test("are those of a plain set, whatever is chosen in whatever order", () => {
    const set = new Set<number>();
    let chosen = NONE;
    for (let step = 0; step < 300; step += 1) {
      const at = (step * 7919) % 61;
      const other = (step * 104_729) % 61;
      if (step % 3 === 0) {
        chosen = toggled(chosen, at);
        if (!set.delete(at)) set.add(at);
      } else {
        const interval = between(at, other);
        chosen = (step % 3 === 1 ? withInterval : without)(chosen, interval);
        for (let one = interval.from; one < interval.end; one += 1) set[step % 3 === 1 ? "add" : "delete"](one);
      }
      expect(sizeOf(chosen)).toBe(set.size);
      for (let one = 0; one < 61; one += 1) expect(has(chosen, one)).toBe(set.has(one));
      chosen.reduce((end, one) => {
        expect(one.from).toBeGreaterThan(end);
        return one.end;
      }, -1);
    }
  });

  test("all but some of a million are few intervals", () => {
    let chosen = withInterval(NONE, { from: 0, end: 1_000_000 });
    for (const one of [0, 5, 999_999]) chosen = toggled(chosen, one);
    expect(chosen).toHaveLength(2);
    expect(sizeOf(chosen)).toBe(999_997);
  });

  test("are told by month, over the months' borders", () => {
    expect(byMonth([{ from: 3, end: 5 }, { from: 8, end: 13 }], months)).toEqual([
      { month: "2020-02", start: 3, end: 5, count: 10 },
      { month: "2020-02", start: 8, end: 10, count: 10 },
      { month: "2020-01", start: 0, end: 1, count: 1 },
      { month: "2019-12", start: 0, end: 2, count: 100_000 },
    ]);
  });

  test("stay the same pictures when other months change, and are let go in those that did", () => {
    const after = [{ month: "2020-03", count: 2, ratios: 2 }, { month: "2020-02", count: 10, ratios: 13 }, { month: "2020-01", count: 4, ratios: 4 }];
    expect(carried([{ from: 3, end: 5 }, { from: 10, end: 11 }], months, after)).toEqual([{ from: 5, end: 7 }]);
  });

  test("come in portions that the server takes", () => {
    const portions = portioned(byMonth([{ from: 0, end: 25_000 }], months), 10_000);
    const sizes = portions.map((portion) => portion.reduce((sum, { start, end }) => sum + end - start, 0));
    expect(sizes).toEqual([10_000, 10_000, 5000]);
  });
});
