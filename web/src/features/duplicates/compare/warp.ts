import type { Matrix } from "../geometry";

/** Pixels of a picture: RGBA, row by row. */
export interface Raster {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What two pictures differ in: their distance as a picture, the share that differs visibly, and the largest. */
export interface Distance {
  readonly raster: Raster;
  readonly share: number;
  readonly most: number;
}

/** Levels below which a difference is that of the compression. */
const VISIBLE = 12;

/**
 * The distance of two pictures, pixel by pixel, in the frame of the first.
 *
 * `matrix` takes shares of the first frame to shares of the second. What the second does not show is left clear.
 */
export function distance(one: Raster, other: Raster, matrix: Matrix): Distance {
  const { width, height } = one;
  const data = new Uint8ClampedArray(width * height * 4);
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = matrix;
  let common = 0;
  let differing = 0;
  let most = 0;
  for (let row = 0; row < height; row += 1) {
    const v = (row + 0.5) / height;
    for (let column = 0; column < width; column += 1) {
      const u = (column + 0.5) / width;
      const depth = g * u + h * v + i;
      const x = ((a * u + b * v + c) / depth) * other.width - 0.5;
      const y = ((d * u + e * v + f) / depth) * other.height - 0.5;
      if (!(x >= -0.5 && y >= -0.5 && x <= other.width - 0.5 && y <= other.height - 0.5)) continue;
      const at = (row * width + column) * 4;
      let largest = 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const apart = Math.abs((one.data[at + channel] ?? 0) - sampled(other, x, y, channel));
        data[at + channel] = apart;
        if (apart > largest) largest = apart;
      }
      data[at + 3] = 255;
      common += 1;
      if (largest > VISIBLE) differing += 1;
      if (largest > most) most = largest;
    }
  }
  return { raster: { data, width, height }, share: common === 0 ? 0 : differing / common, most: Math.round(most) };
}

/** The value between the four pixels around a place. */
function sampled({ data, width, height }: Raster, x: number, y: number, channel: number): number {
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const [s, t] = [Math.min(1, Math.max(0, x - left)), Math.min(1, Math.max(0, y - top))];
  const value = (column: number, row: number) => data[(row * width + column) * 4 + channel] ?? 0;
  const upper = value(left, top) * (1 - s) + value(right, top) * s;
  return upper * (1 - t) + (value(left, bottom) * (1 - s) + value(right, bottom) * s) * t;
}
