import { describe, expect, test } from "vitest";

import { blocksOf, guessedHeight, topsOf, type Month } from "./blocks";
import { anchorAt, movedTo, pictureAt, pictureBeyond, positionOf, rowOf, type Geometry } from "./geometry";
import { laidOut } from "./layout";

const months: readonly Month[] = [
  { month: "2021-03", count: 2, ratios: 3 },
  { month: "2021-02", count: 1, ratios: 1.5 },
  { month: "2020-12", count: 500, ratios: 750 },
  { month: "undated", count: 4, ratios: 6 },
];

/** All of it laid out, or only guessed. */
function geometry(isLaid: boolean): Geometry {
  const blocks = blocksOf(months, 1200, 190);
  const laid = new Map(
    isLaid ? blocks.map((block) => [block.key, laidOut(block, Array<number>(block.count).fill(1.5), 1200, 190)] as const) : [],
  );
  const tops = topsOf(blocks.map((block) => laid.get(block.key)?.height ?? guessedHeight(block, 1200, 190)));
  return { blocks, tops, laid };
}

describe.each([true, false])("geometry, laid out: %s", (isLaid) => {
  test("what is at the top of the window is there again when its place is asked for", () => {
    const found = geometry(isLaid);
    const total = found.tops.at(-1) ?? 0;
    for (let place = 0; place < total; place += 97) {
      const { position, delta } = anchorAt(found, place);
      expect(rowOf(found, position).top + delta).toBeCloseTo(place, 6);
    }
  });

  test("rows follow one another in the order of positions", () => {
    const found = geometry(isLaid);
    let top = -1;
    for (let position = 0; position < 507; position += 1) {
      const row = rowOf(found, position);
      expect(row.top).toBeGreaterThanOrEqual(top);
      top = row.top;
    }
  });
});

test("down and up again lead back, over the borders of blocks", () => {
  const found = geometry(true);
  let position = 0;
  const way = [position];
  for (let next = pictureBeyond(found, position, 1, 0); next !== null && next !== position; next = pictureBeyond(found, position, 1, 0)) {
    position = next;
    way.push(position);
  }
  expect(position).toBeGreaterThanOrEqual(503);
  for (const before of way.slice(0, -1).reverse()) {
    position = pictureBeyond(found, position, -1, 0) ?? -1;
    expect(position).toBe(before);
  }
  expect(pictureBeyond(found, 0, -1, 0)).toBeNull();
});

test("a place and a distance from the left name the picture there", () => {
  const found = geometry(true);
  const row = rowOf(found, 100);
  expect(pictureAt(found, row.top + 1, 0)).toBeLessThanOrEqual(100);
  expect(rowOf(found, pictureAt(found, row.top + 1, 5000)).top).toBe(row.top);
});

test("a place of a month stays in it when the library grows or shrinks", () => {
  const after = [{ month: "2021-04", count: 9, ratios: 9 }, ...months.slice(1)];
  expect(movedTo(3 + 250, months, after)).toBe(10 + 250);
  expect(movedTo(0, months, after)).toBe(0);
  expect(movedTo(506, months, [{ month: "2020-12", count: 3, ratios: 3 }])).toBe(2);
  expect(positionOf(months, "2020-12", 7)).toBe(10);
  expect(positionOf(months, "1999-01", 0)).toBeNull();
});
