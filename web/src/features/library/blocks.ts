import { bounded, GAP, guessed } from "../../lib/justified";

/** Pictures of one block: laid out, asked for and drawn together. */
export const BLOCK = 200;

/** Height of a month's heading, pixels. */
export const HEADING = 52;

/** Height of the labels above a row of joined months, pixels. */
export const STRIP = 30;

/** Rows that a month must fill to stand by itself. */
const OWN_ROWS = 1.5;

/** Most pictures of months that are joined. */
const JOINED = 120;

/** Months as the server tells them. */
export interface Month {
  readonly month: string;
  readonly count: number;
  readonly ratios: number;
}

/** A month, or a piece of it, in a block. */
export interface Part {
  readonly month: string;
  readonly offset: number;
  readonly count: number;
}

/** Neighbours in the order of the library: a piece of a large month, or several small months. */
export interface Block {
  readonly key: string;
  /** Position of its first picture in the library. */
  readonly first: number;
  readonly count: number;
  readonly ratios: number;
  readonly parts: readonly Part[];
  readonly kind: "begin" | "piece" | "joined";
  /** More of the month follows in the next block. */
  readonly goesOn: boolean;
}

/** What has no date stands by itself. */
export const UNDATED = "undated";

/** Cuts the library into blocks, newest first, for rows of a width. */
export function blocksOf(months: readonly Month[], width: number, wanted: number): readonly Block[] {
  const blocks: Block[] = [];
  let first = 0;
  let small: Month[] = [];
  const join = () => {
    const [only] = small;
    if (only !== undefined) blocks.push(...(small.length === 1 ? pieces(only, first) : [joined(small, first)]));
    first += countOf(small);
    small = [];
  };
  for (const month of months) {
    const across = boundedSum(month) * wanted;
    const isSmall = month.month !== UNDATED && across < OWN_ROWS * width && month.count <= BLOCK;
    if (!isSmall || countOf(small) + month.count > JOINED) join();
    if (isSmall) small.push(month);
    else {
      blocks.push(...pieces(month, first));
      first += month.count;
    }
  }
  join();
  return blocks;
}

const countOf = (months: readonly Month[]) => months.reduce((sum, month) => sum + month.count, 0);

function pieces({ month, count, ratios }: Month, first: number): readonly Block[] {
  return Array.from({ length: Math.ceil(count / BLOCK) }, (_, number) => {
    const offset = number * BLOCK;
    const here = Math.min(BLOCK, count - offset);
    return {
      key: `${month}/${offset}`,
      first: first + offset,
      count: here,
      ratios: (ratios * here) / count,
      parts: [{ month, offset, count: here }],
      kind: offset === 0 ? "begin" : "piece",
      goesOn: offset + here < count,
    } as const;
  });
}

function joined(months: readonly Month[], first: number): Block {
  return {
    key: months.map(({ month }) => month).join("+"),
    first,
    count: countOf(months),
    ratios: months.reduce((sum, month) => sum + month.ratios, 0),
    parts: months.map(({ month, count }) => ({ month, offset: 0, count })),
    kind: "joined",
    goesOn: false,
  };
}

/** Sum of the shares of rows; none of a panorama is larger than what a row gives it. */
const boundedSum = ({ ratios, count }: { readonly ratios: number; readonly count: number }) =>
  Math.min(ratios, count * bounded(Infinity));

/** Height of a block whose pictures are not known yet. */
export function guessedHeight(block: Block, width: number, wanted: number): number {
  const rows = guessed(boundedSum(block), width, wanted);
  if (block.kind === "joined") return rows + (rows / (wanted + GAP)) * STRIP;
  return rows + (block.kind === "begin" ? HEADING : 0);
}

/** Where each block begins, pixels from the top; one entry more than there are blocks. */
export function topsOf(heights: readonly number[]): Float64Array {
  const tops = new Float64Array(heights.length + 1);
  heights.forEach((height, index) => {
    tops[index + 1] = (tops[index] ?? 0) + height;
  });
  return tops;
}

/** The last of `length` ascending numbers that is at or below a value; 0 where none is. */
export function lastUpTo(length: number, at: (index: number) => number, value: number): number {
  let low = 0;
  let high = Math.max(0, length - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(middle) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The block that is at a place: the last that begins at or above it. */
export const blockAt = (tops: Float64Array, place: number): number =>
  lastUpTo(tops.length - 1, (index) => tops[index] ?? 0, place);

/** The block that has a position of the library. */
export const blockWith = (blocks: readonly Block[], position: number): number =>
  lastUpTo(blocks.length, (index) => blocks[index]?.first ?? 0, position);
