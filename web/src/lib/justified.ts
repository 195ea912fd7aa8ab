/** A row of a justified grid: pictures `first` up to `end`, all of one height, filling the width. */
export interface Row {
  readonly first: number;
  readonly end: number;
  readonly top: number;
  readonly height: number;
}

/** How a grid differs from the usual one. */
export interface Manner {
  /** More pictures follow elsewhere: the last row fills the width as all others do. */
  readonly goesOn?: boolean;
  /** Room above each row for labels, pixels. */
  readonly strip?: number;
  /** Room left of a picture that is not the first of its row, pixels; `GAP` unless said. */
  readonly before?: (index: number) => number;
}

/** Pixels between two pictures, and between two rows. */
export const GAP = 4;

/** The most by which the last row of a grid is enlarged to fill the width. */
const LAST_ROW = 1.3;

/** Lays pictures out in rows of about the wanted height; `ratios` are width by height. */
export function justified(
  ratios: readonly number[],
  width: number,
  wanted: number,
  { goesOn = false, strip = 0, before = () => GAP }: Manner = {},
): readonly Row[] {
  const ends = goesOn ? evenly(ratios, width, wanted) : nearest(ratios, width, wanted, before);
  const rows: Row[] = [];
  let first = 0;
  let top = 0;
  for (const end of ends) {
    const filling = heightOf(ratios, first, end, width, before);
    const isShort = end === ratios.length && !goesOn && filling > wanted * LAST_ROW;
    const height = isShort ? wanted : filling;
    rows.push({ first, end, top: top + strip, height });
    top += strip + height + GAP;
    first = end;
  }
  return rows;
}

/** The share of a row that a picture gets: its own ratio, unless that is extreme. */
export const bounded = (ratio: number): number => Math.min(3.5, Math.max(0.4, ratio));

/** Height of a grid that is not laid out yet, from the sum of its ratios. */
export const guessed = (ratios: number, width: number, wanted: number): number =>
  Math.max(1, Math.ceil((ratios * wanted) / width)) * (wanted + GAP);

/** Height at which some pictures fill the width. */
function heightOf(
  ratios: readonly number[],
  first: number,
  end: number,
  width: number,
  before: (index: number) => number,
): number {
  let sum = 0;
  let room = 0;
  for (let index = first; index < end; index += 1) {
    sum += bounded(ratios[index] ?? 1);
    if (index > first) room += before(index);
  }
  return Math.max(1, width - room) / sum;
}

/** Ends of rows, each as near to the wanted height as one picture more or less allows. */
function nearest(
  ratios: readonly number[],
  width: number,
  wanted: number,
  before: (index: number) => number,
): readonly number[] {
  const ends: number[] = [];
  let first = 0;
  let sum = 0;
  let room = 0;
  ratios.forEach((ratio, index) => {
    const here = bounded(ratio);
    const gap = index > first ? before(index) : 0;
    const height = (width - room - gap) / (sum + here);
    sum += here;
    room += gap;
    if (height > wanted) return;
    const without = index > first ? (width - room + gap) / (sum - here) : Infinity;
    const isBetterWithout = without - wanted < wanted - height;
    ends.push(isBetterWithout ? index : index + 1);
    first = isBetterWithout ? index : index + 1;
    sum = isBetterWithout ? here : 0;
    room = 0;
  });
  if (first < ratios.length) ends.push(ratios.length);
  return ends;
}

/** Ends of as many rows as fit best, all of about the same width. */
function evenly(ratios: readonly number[], width: number, wanted: number): readonly number[] {
  const total = ratios.reduce((sum, ratio) => sum + bounded(ratio), 0);
  const rows = Math.min(ratios.length, Math.max(1, Math.round((total * wanted) / width)));
  const ends: number[] = [];
  let sum = 0;
  ratios.forEach((ratio, index) => {
    const here = bounded(ratio);
    const target = ((ends.length + 1) * total) / rows;
    const isPast = sum + here - target > target - sum && index > (ends.at(-1) ?? 0);
    if (ends.length < rows - 1 && isPast) ends.push(index);
    sum += here;
  });
  if (ratios.length > 0) ends.push(ratios.length);
  return ends;
}
