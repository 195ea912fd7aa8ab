import { NONE, type Traits } from "./numbers";

/** What points are coloured by. */
export type ColouredBy = "region" | "year" | "folder" | "nothing";

/** Groups that have a colour of their own; the rest share that of those without. */
export const HUES = 10;

/** A group of points of one colour; `hue` is its number, `HUES` that of the rest. */
export interface Shade {
  readonly hue: number;
  readonly value: number;
  readonly count: number;
}

/** A colour for each point, and what the colours mean, the largest group first but for years. */
export interface Colouring {
  readonly hues: Uint8Array;
  readonly shades: readonly Shade[];
  /** Points of no group that has a colour. */
  readonly rest: number;
}

/** Colours points by one of their traits. */
export function coloured(by: ColouredBy, traits: Traits | undefined, count: number): Colouring {
  const column = traits === undefined ? undefined : columnOf(by, traits);
  if (column === undefined) return { hues: new Uint8Array(count), shades: [], rest: 0 };
  const counts = new Uint32Array(NONE);
  for (let row = 0; row < count; row += 1) {
    const value = column[row] ?? NONE;
    if (value !== NONE) counts[value] = (counts[value] ?? 0) + 1;
  }
  const there: [number, number][] = [];
  counts.forEach((own, value) => own > 0 && there.push([value, own]));
  const largest = there.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, HUES);
  const shown = by === "year" ? largest.sort((a, b) => a[0] - b[0]) : largest;
  const hueOf = new Uint8Array(NONE + 1).fill(HUES);
  const shades = shown.map(([value, own], hue): Shade => {
    hueOf[value] = hue;
    return { hue, value, count: own };
  });
  const rest = count - shades.reduce((sum, shade) => sum + shade.count, 0);
  const hues = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) hues[row] = hueOf[column[row] ?? NONE] ?? HUES;
  return { hues, shades, rest };
}

function columnOf(by: ColouredBy, traits: Traits): Uint16Array | undefined {
  return { region: traits.regions, year: traits.years, folder: traits.folders, nothing: undefined }[by];
}
