/** Pictures of a map as columns, in the ascending order of their assets. */
export interface Points {
  readonly count: number;
  readonly assets: Float64Array;
  /** x and y of each, from -1 to 1. */
  readonly places: Float32Array;
}

/** What points can be coloured by, in the order of `Points`; `NONE` where there is none. */
export interface Traits {
  readonly years: Uint16Array;
  readonly folders: Uint16Array;
  readonly regions: Uint16Array;
  readonly folderNames: readonly string[];
}

/** Stands for no year, no folder, no region. */
export const NONE = 0xffff;

/** Bytes of a name of a form, of a count, and of an asset. */
const MAGIC = 8;
const WORD = 8;

/** Reads the answer of `/api/v1/map/points`; the places are looked at where they lie. */
export function pointsOf(body: ArrayBuffer): Points {
  const count = counted(body, "PINAMAP1", MAGIC);
  const assets = new Float64Array(count);
  const halves = new Uint32Array(body, MAGIC + WORD, 2 * count);
  // Assets are far below 2 ** 53; two halves are read many times faster than big integers.
  for (let row = 0; row < count; row += 1) assets[row] = (halves[2 * row] ?? 0) + (halves[2 * row + 1] ?? 0) * 2 ** 32;
  return { count, assets, places: new Float32Array(body, MAGIC + WORD + WORD * count, 2 * count) };
}

/** Reads the answer of `/api/v1/map/traits`. */
export function traitsOf(body: ArrayBuffer): Traits {
  const count = counted(body, "PINATRA1", MAGIC);
  const length = number(body, MAGIC + WORD);
  const begin = MAGIC + 2 * WORD;
  const legend = JSON.parse(new TextDecoder().decode(new Uint8Array(body, begin, length))) as {
    readonly folders: readonly string[];
  };
  const column = (place: number) => new Uint16Array(body, begin + length + 2 * count * place, count);
  return { years: column(0), folders: column(1), regions: column(2), folderNames: legend.folders };
}

/** The row of an asset, or -1. */
export function rowOf(assets: Float64Array, asset: number): number {
  let low = 0;
  let high = assets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((assets[middle] ?? 0) < asset) low = middle + 1;
    else high = middle;
  }
  return assets[low] === asset ? low : -1;
}

function counted(body: ArrayBuffer, form: string, at: number): number {
  const magic = body.byteLength < at ? "" : new TextDecoder().decode(new Uint8Array(body, 0, MAGIC));
  if (magic !== form) throw new Error(`The server sent no ${form}.`);
  return number(body, at);
}

const number = (body: ArrayBuffer, at: number): number => Number(new DataView(body).getBigUint64(at, true));
