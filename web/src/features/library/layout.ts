import { bounded, GAP, justified } from "../../lib/justified";
import { HEADING, STRIP, type Block } from "./blocks";

/** Room between two months in one row, pixels. */
const APART = 14;

/** Where one picture of a row is. */
export interface Cell {
  /** Its place within the block. */
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

/** A month's name above the row in which it begins. */
export interface Label {
  readonly month: string;
  readonly count: number;
  readonly left: number;
  readonly width: number;
}

/** A row of a block, pixels from the block's top. */
export interface Line {
  readonly top: number;
  readonly height: number;
  readonly first: number;
  readonly end: number;
  readonly cells: readonly Cell[];
  readonly labels: readonly Label[];
}

/** A block that is laid out. */
export interface Laid {
  readonly lines: readonly Line[];
  readonly height: number;
}

/** Lays out the pictures of a block, whose widths by heights are `ratios`. */
export function laidOut(block: Block, ratios: readonly number[], width: number, wanted: number): Laid {
  const begins = block.kind === "joined" ? beginsOf(block) : new Map<number, { month: string; count: number }>();
  const before = (index: number) => (begins.has(index) ? APART : GAP);
  const isJoined = block.kind === "joined";
  const head = block.kind === "begin" ? HEADING : 0;
  const rows = justified(ratios, width, wanted, { goesOn: block.goesOn, strip: isJoined ? STRIP : 0, before });
  const lines = rows.map(({ first, end, top, height }) => {
    const cells: Cell[] = [];
    let left = 0;
    for (let index = first; index < end; index += 1) {
      if (index > first) left += before(index);
      const across = bounded(ratios[index] ?? 1) * height;
      cells.push({ index, left, width: across });
      left += across;
    }
    return { top: top + head, height, first, end, cells, labels: labelsOf(cells, begins, width) };
  });
  const last = lines.at(-1);
  return { lines, height: last === undefined ? head : last.top + last.height + GAP };
}

/** Which months begin at which of a block's pictures. */
function beginsOf(block: Block): ReadonlyMap<number, { readonly month: string; readonly count: number }> {
  let index = 0;
  return new Map(
    block.parts.map(({ month, count }) => {
      const begin = [index, { month, count }] as const;
      index += count;
      return begin;
    }),
  );
}

function labelsOf(
  cells: readonly Cell[],
  begins: ReadonlyMap<number, { readonly month: string; readonly count: number }>,
  width: number,
): readonly Label[] {
  const found = cells.flatMap(({ index, left }) => {
    const begin = begins.get(index);
    return begin === undefined ? [] : [{ ...begin, left }];
  });
  return found.map((label, number) => ({ ...label, width: (found[number + 1]?.left ?? width) - label.left - GAP }));
}

/** The line of a block that has a picture. */
export const lineWith = (laid: Laid, index: number): Line | undefined =>
  laid.lines.find((line) => index < line.end);

/** The picture of a line that is nearest to a distance from the left. */
export function nearestCell(line: Line, across: number): Cell | undefined {
  const distance = (cell: Cell) => Math.abs(cell.left + cell.width / 2 - across);
  return line.cells.reduce<Cell | undefined>(
    (best, cell) => (best === undefined || distance(cell) < distance(best) ? cell : best),
    undefined,
  );
}
