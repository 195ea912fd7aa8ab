import { expect, it } from "vitest";

import { asItems, isChosen, nobody, size, toggled, withHeadings } from "./chosen";

const file = (act: string, item: number) => ({ act, item });

it("a file is chosen by one press and let go by the next", () => {
  const one = toggled(toggled(nobody, file("a", 2)), file("a", 1));
  expect(isChosen(one, file("a", 2))).toBe(true);
  expect(isChosen(one, file("b", 2))).toBe(false);
  expect(asItems(toggled(one, file("b", 7)))).toEqual({ a: [1, 2], b: [7] });
  expect(size(toggled(one, file("a", 2)))).toBe(1);
  expect(toggled(toggled(nobody, file("a", 2)), file("a", 2)).size).toBe(0);
});

it("each act has one heading before its files", () => {
  const rows = withHeadings([file("b", 1), file("b", 2), file("a", 1)]);
  expect(rows.map((row) => (row.item === null ? row.act : row.item.item))).toEqual(["b", 1, 2, "a", 1]);
  expect(withHeadings([])).toEqual([]);
});
