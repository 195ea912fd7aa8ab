import type { Index, Measured } from "./asked";

/** Bytes of one number of a vector. */
const FLOAT = 4;

/** Disk that an index of so many pictures takes, bytes: its vectors, and the stored embeddings beside them. */
export const diskOf = (pictures: number, dimensions: number): number => 2 * FLOAT * pictures * dimensions;

/** Seconds that embedding so many pictures should take; null where nothing was measured. */
export const secondsOf = (pictures: number, measured: Measured | null): number | null =>
  measured?.batch_milliseconds == null ? null : (pictures * measured.batch_milliseconds) / 1000;

/** Pictures of the library, as any index knows them. */
export const picturesOf = (indexes: readonly Index[]): number => Math.max(0, ...indexes.map(({ assets }) => assets));

/** Milliseconds for people: a tenth where that tells something. */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
}
