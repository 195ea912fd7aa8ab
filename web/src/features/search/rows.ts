import { bounded, GAP, justified } from "../../lib/justified";

/** Height of what is said below each picture, and of the line where relevance ends, pixels; the style sheet has both. */
export const CAPTION = 46;
export const LINE = 56;

/** A picture of a row: which hit it is, and where it stands across. */
export interface Tile {
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

/** A row of pictures, or the line between what is likely meant and what follows. */
export interface Band {
  readonly kind: "row" | "line";
  readonly height: number;
  readonly tiles: readonly Tile[];
}

/** Lays hits out in rows of about the wanted height; those from `end` on, if any came before, follow a line. */
export function bands(ratios: readonly number[], end: number, width: number, wanted: number): readonly Band[] {
  // Where nothing stands out, a line above all would say no more than the sentence that does.
  if (end <= 0) return rowsOf(ratios, 0, ratios.length, width, wanted);
  const likely = rowsOf(ratios, 0, end, width, wanted);
  return [...likely, { kind: "line", height: LINE, tiles: [] }, ...rowsOf(ratios, end, ratios.length, width, wanted)];
}

function rowsOf(ratios: readonly number[], from: number, to: number, width: number, wanted: number): readonly Band[] {
  return justified(ratios.slice(from, to), width, wanted).map((row) => {
    let left = 0;
    const tiles = ratios.slice(from + row.first, from + row.end).map((ratio, number) => {
      const tile = { index: from + row.first + number, left, width: bounded(ratio) * row.height };
      left += tile.width + GAP;
      return tile;
    });
    return { kind: "row", height: row.height, tiles };
  });
}

/** Height that a band takes with what is below its pictures. */
export const takenBy = (band: Band): number => (band.kind === "line" ? band.height : band.height + CAPTION);
