import { expect, test } from "vitest";

import { coloured, HUES } from "./colours";
import { NONE, type Traits } from "./numbers";

const traits: Traits = {
  years: Uint16Array.of(2020, 2018, NONE, 2020),
  folders: Uint16Array.of(0, 0, 0, 0),
  regions: Uint16Array.from({ length: 4 }, () => NONE),
  folderNames: ["/a"],
};

test("years are in their order, and what has none is among the rest", () => {
  const { hues, shades, rest } = coloured("year", traits, 4);
  expect(shades.map(({ value, count }) => [value, count])).toEqual([[2018, 1], [2020, 2]]);
  expect([...hues]).toEqual([1, 0, HUES, 1]);
  expect(rest).toBe(1);
});

test("beyond ten groups the smallest share a colour", () => {
  const many = { ...traits, regions: Uint16Array.from({ length: 100 }, (_, row) => Math.min(row % 20, 15)) };
  const { shades, rest } = coloured("region", many, 100);
  expect(shades).toHaveLength(HUES);
  expect(shades[0]).toEqual({ hue: 0, value: 15, count: 25 });
  expect(rest).toBe(100 - 25 - 9 * 5);
});

test("nothing is one colour", () => {
  expect(new Set(coloured("nothing", traits, 4).hues)).toEqual(new Set([0]));
});
