import { describe, expect, it } from "vitest";

import { moved, read, usable, written } from "./rules-order";

describe("a rule", () => {
  it("is read and written the same, whatever its pattern holds", () => {
    for (const rule of ["pixels", "path:/photos/Originals", "named:a:b,c*"]) expect(written(read(rule))).toBe(rule);
  });
  it("keeps its own key, so that two of one name are two", () => {
    expect(read("path:/a").key).not.toBe(read("path:/a").key);
  });
});

it("rules are tried once they have the pattern that they need", () => {
  const patterns = new Map([["path", "needed"], ["format", "optional"], ["pixels", "none"]] as const);
  const rules = ["path", "path: /a ", "format", "format:HEIF", "pixels"].map(read);
  expect(usable(rules, patterns)).toEqual(["path:/a", "format", "format:HEIF", "pixels"]);
});

it("a rule moves to any place, and no further than the ends", () => {
  expect(moved([1, 2, 3], 0, 2)).toEqual([2, 3, 1]);
  expect(moved([1, 2, 3], 2, 0)).toEqual([3, 1, 2]);
  expect(moved([1, 2, 3], 1, -5)).toEqual([2, 1, 3]);
  expect(moved([1, 2, 3], 1, 9)).toEqual([1, 3, 2]);
  expect(moved([1, 2, 3], 7, 0)).toEqual([1, 2, 3]);
});
