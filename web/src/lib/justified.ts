/** A row of a justified grid: pictures `first` up to `end`, all of one height, filling the width. */
export interface Row {
  readonly first: number;
  readonly end: number;
  readonly top: number;
  readonly height: number;
}

/** Pixels between two pictures, and between two rows. */
export const GAP = 4;

/** The most by which the last row of a grid is enlarged to fill the width. */
const LAST_ROW = 1.3;

/** Lays pictures out in rows of about the wanted height; `ratios` are width by height. */
export function justified(ratios: readonly number[], width: number, wanted: number): readonly Row[] {
  const rows: Row[] = [];
  let first = 0;
  let top = 0;
  let sum = 0;
  const close = (end: number, most: number) => {
    const height = Math.min((width - GAP * (end - first - 1)) / sum, most);
    rows.push({ first, end, top, height });
    top += height + GAP;
    first = end;
    sum = 0;
  };
  ratios.forEach((ratio, index) => {
    // A panorama or a column would take a row or a page for itself.
    sum += bounded(ratio);
    if (sum * wanted + GAP * (index - first) >= width) close(index + 1, Infinity);
  });
  if (sum > 0) close(ratios.length, wanted * LAST_ROW);
  return rows;
}

/** The share of a row that a picture gets: its own ratio, unless that is extreme. */
export const bounded = (ratio: number): number => Math.min(3.5, Math.max(0.4, ratio));

/** Height of a grid that is not laid out yet, from the sum of its ratios. */
export const guessed = (ratios: number, width: number, wanted: number): number =>
  Math.max(1, Math.ceil((ratios * wanted) / width)) * (wanted + GAP);
