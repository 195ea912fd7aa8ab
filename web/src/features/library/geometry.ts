import { blockAt, blockWith, HEADING, type Block, type Month } from "./blocks";
import { lineWith, nearestCell, type Cell, type Laid, type Line } from "./layout";

/** Where everything is, as far as it is known: blocks, their tops, and the rows of those near the window. */
export interface Geometry {
  readonly blocks: readonly Block[];
  readonly tops: Float64Array;
  readonly laid: ReadonlyMap<string, Laid>;
}

/** A picture, and how far the window's top is below that of its row. */
export interface Anchor {
  readonly position: number;
  readonly delta: number;
}

/** Top and height of the row of a picture, guessed where its block is not laid out; `isKnown` says which. */
export function rowOf({ blocks, tops, laid }: Geometry, position: number) {
  const index = blockWith(blocks, position);
  const block = blocks[index];
  const top = tops[index] ?? 0;
  if (block === undefined) return { top: 0, height: 0, isKnown: false };
  const line = lineIn(laid.get(block.key), position - block.first);
  if (line !== undefined) return { top: top + line.top, height: line.height, isKnown: true };
  const head = block.kind === "begin" ? HEADING : 0;
  const room = (tops[index + 1] ?? top) - top - head;
  return { top: top + head + (room * (position - block.first)) / block.count, height: 0, isKnown: false };
}

/** The picture that begins the row at a place. */
export function anchorAt(geometry: Geometry, place: number): Anchor {
  const { blocks, tops, laid } = geometry;
  const index = blockAt(tops, place);
  const block = blocks[index];
  if (block === undefined) return { position: 0, delta: 0 };
  const within = place - (tops[index] ?? 0);
  const line = laid.get(block.key)?.lines.find(({ top, height }) => top + height > within);
  const share = within / Math.max(1, (tops[index + 1] ?? 0) - (tops[index] ?? 0));
  const position = block.first + (line?.first ?? Math.min(block.count - 1, Math.max(0, Math.floor(share * block.count))));
  return { position, delta: place - rowOf(geometry, position).top };
}

/** The row at a place and the picture of it nearest to a distance from the left; guessed where it is not laid out. */
export function pictureAt(geometry: Geometry, place: number, across: number): number {
  const { position } = anchorAt(geometry, place);
  const found = cellOf(geometry, position);
  if (found === undefined) return position;
  return found.block.first + (nearestCell(found.line, across)?.index ?? 0);
}

/** The picture one row up (-1) or down (1); where that row is not laid out, the neighbour at its edge. */
export function pictureBeyond(geometry: Geometry, position: number, by: -1 | 1, across: number | null): number | null {
  const found = cellOf(geometry, position);
  if (found === undefined) return null;
  const beside = by > 0 ? found.block.first + found.line.end : found.block.first + found.line.first - 1;
  const other = cellOf(geometry, beside);
  if (other === undefined) return beside < 0 || beside >= countOf(geometry.blocks) ? null : beside;
  const from = across ?? found.cell.left + found.cell.width / 2;
  return other.block.first + (nearestCell(other.line, from)?.index ?? 0);
}

/** A picture's box, from the left. */
export function cellOf({ blocks, laid }: Geometry, position: number): { block: Block; line: Line; cell: Cell } | undefined {
  const block = position < 0 ? undefined : blocks[blockWith(blocks, position)];
  if (block === undefined) return undefined;
  const line = lineIn(laid.get(block.key), position - block.first);
  const cell = line?.cells[position - block.first - line.first];
  return line === undefined || cell === undefined ? undefined : { block, line, cell };
}

/** The same place of the same month when months have changed. */
export function movedTo(position: number, before: readonly Month[], after: readonly Month[]): number {
  const { month, offset } = inMonths(before, position);
  let first = 0;
  for (const { month: name, count } of after) {
    if (name === month) return first + Math.min(offset, count - 1);
    first += count;
  }
  return Math.min(position, Math.max(0, first - 1));
}

/** The month of a position, and its offset there. */
export function inMonths(months: readonly Month[], position: number): { month: string; offset: number } {
  let first = 0;
  for (const { month, count } of months) {
    if (position < first + count) return { month, offset: position - first };
    first += count;
  }
  return { month: "", offset: 0 };
}

/** The position of an offset of a month; null where there is no such month. */
export function positionOf(months: readonly Month[], month: string, offset: number): number | null {
  let first = 0;
  for (const { month: name, count } of months) {
    if (name === month) return first + offset;
    first += count;
  }
  return null;
}

const lineIn = (laid: Laid | undefined, index: number) => (laid === undefined ? undefined : lineWith(laid, index));

const countOf = (blocks: readonly Block[]) => {
  const last = blocks.at(-1);
  return last === undefined ? 0 : last.first + last.count;
};
