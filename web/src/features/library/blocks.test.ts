import { expect, test } from "vitest";

import { blockAt, blocksOf, blockWith, guessedHeight, topsOf, type Month } from "./blocks";
import { laidOut } from "./layout";

const months: readonly Month[] = [
  { month: "2021-03", count: 2, ratios: 3 },
  { month: "2021-02", count: 1, ratios: 1 },
  { month: "2020-12", count: 1000, ratios: 1400 },
  { month: "2020-11", count: 3, ratios: 4 },
  { month: "undated", count: 4, ratios: 4 },
];

test("blocks have every picture once, in order", () => {
  const blocks = blocksOf(months, 1200, 190);
  let first = 0;
  for (const block of blocks) {
    expect(block.first).toBe(first);
    expect(block.parts.reduce((sum, part) => sum + part.count, 0)).toBe(block.count);
    first += block.count;
  }
  expect(first).toBe(1010);
});

test("small months are joined, large ones cut, and what has no date stands by itself", () => {
  expect(blocksOf(months, 1200, 190).map((block) => block.key)).toEqual([
    "2021-03+2021-02",
    "2020-12/0",
    "2020-12/200",
    "2020-12/400",
    "2020-12/600",
    "2020-12/800",
    "2020-11/0",
    "undated/0",
  ]);
});

test("a million pictures are cut into blocks within a frame", () => {
  const many = Array.from({ length: 300 }, (_, number) => ({
    month: `${2024 - Math.floor(number / 12)}-${String(12 - (number % 12)).padStart(2, "0")}`,
    count: number === 7 ? 100_000 : 3000,
    ratios: number === 7 ? 140_000 : 4200,
  }));
  let best = Infinity;
  let blocks = blocksOf(many, 1200, 190);
  let tops = topsOf([]);
  // The best of some, since the machine may do other things.
  for (let time = 0; time < 10; time += 1) {
    const began = performance.now();
    blocks = blocksOf(many, 1200, 190);
    tops = topsOf(blocks.map((block) => guessedHeight(block, 1200, 190)));
    best = Math.min(best, performance.now() - began);
  }
  expect(best).toBeLessThan(16);
  expect(blocks[blockAt(tops, tops.at(-1) ?? 0)]).toBe(blocks.at(-1));
  for (const position of [0, 199, 200, 21_000, 121_050, 996_999]) {
    const block = blocks[blockWith(blocks, position)];
    expect(block !== undefined && block.first <= position && position < block.first + block.count).toBe(true);
  }
});

test("each month of a joined block is named where it begins", () => {
  const block = blocksOf(months, 1200, 190)[0];
  if (block === undefined) throw new Error("there is a block");
  const [line] = laidOut(block, [1.5, 1.5, 1], 1200, 190).lines;
  expect(line?.labels.map((label) => label.month)).toEqual(["2021-03", "2021-02"]);
  expect(line?.labels[1]?.left).toBe(line?.cells[2]?.left);
});
