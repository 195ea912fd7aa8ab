import { guessed } from "../../lib/justified";

/** Pictures of one block: laid out, asked for and drawn together. */
export const BLOCK = 200;

/** Height of a month's heading, pixels. */
export const HEADING = 52;

/** Months as the server tells them. */
export interface Month {
  readonly month: string;
  readonly count: number;
  readonly ratios: number;
}

/** A piece of a month. Its height is a guess until its pictures are known. */
export interface Block {
  readonly month: string;
  readonly offset: number;
  readonly count: number;
  readonly height: number;
}

/** Cuts the library into blocks, newest first; `known` has the heights of those that were laid out. */
export function blocksOf(
  months: readonly Month[],
  width: number,
  wanted: number,
  known: ReadonlyMap<string, number>,
): readonly Block[] {
  return months.flatMap(({ month, count, ratios }) =>
    Array.from({ length: Math.ceil(count / BLOCK) }, (_, number) => {
      const offset = number * BLOCK;
      const here = Math.min(BLOCK, count - offset);
      const heading = offset === 0 ? HEADING : 0;
      const height = known.get(keyOf(month, offset)) ?? guessed((ratios * here) / count, width, wanted);
      return { month, offset, count: here, height: height + heading };
    }),
  );
}

export const keyOf = (month: string, offset: number): string => `${month}/${offset}`;

/** Where each block begins, pixels from the top; one entry more than there are blocks. */
export function topsOf(blocks: readonly Block[]): Float64Array {
  const tops = new Float64Array(blocks.length + 1);
  blocks.forEach((block, index) => {
    tops[index + 1] = (tops[index] ?? 0) + block.height;
  });
  return tops;
}

/** The block that is at a place: the last that begins at or above it. */
export function blockAt(tops: Float64Array, place: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
