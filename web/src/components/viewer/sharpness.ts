import type { Size } from "./zoom";

/** What is needed to choose how sharp a picture is sent. */
export interface Sharpness {
  readonly asset: number;
  readonly sha256: string;
  readonly size: Size;
  readonly frames: number;
  /** Whether browsers show the original. */
  readonly shown: boolean;
}

/** Longer sides that the server makes, pixels. */
const [MIDDLE, LARGE] = [1600, 3200] as const;

/** The same of what browsers cannot show themselves; made only when somebody looks that closely. */
const WHOLE = [12800, 6400] as const;

/** How far a picture may be enlarged before a sharper one is asked for. */
const SLACK = 1.08;

/** Pixels beyond which one picture is too much for a page. */
const MOST = 120e6;

export const madeOf = (sha256: string, side: number): string => `/api/v1/contents/${sha256}/picture?side=${side}`;

/** The picture that is shown first. */
export const middleOf = (sha256: string): string => madeOf(sha256, MIDDLE);

export const originalOf = (asset: number): string => `/api/v1/assets/${asset}/original`;

/**
 * The address of a picture that is sharp when its longer side has `needed` pixels of the screen; null where the
 * middle one is. One that moves is always the original: all others are its first frame.
 */
export function sharperThan(of: Sharpness, needed: number): string | null {
  const long = longOf(of.size);
  const original = of.shown && pixelsOf(of.size) <= MOST;
  if (original && of.frames > 1) return originalOf(of.asset);
  if (needed <= MIDDLE * SLACK && !(needed > long * SLACK)) return null;
  if (long > LARGE && needed <= LARGE * SLACK) return madeOf(of.sha256, LARGE);
  if (original) return originalOf(of.asset);
  return long > MIDDLE ? madeOf(of.sha256, largestOf(of.size)) : null;
}

/** The largest side that the server makes of a picture and a page can hold; no larger than is of use. */
function largestOf(size: Size): number {
  const long = longOf(size);
  if (long <= LARGE) return LARGE;
  return WHOLE.find((side) => pixelsOf(size) * Math.min(1, side / long) ** 2 <= MOST) ?? LARGE;
}

const longOf = ({ width, height }: Size): number => Math.max(width, height);

const pixelsOf = ({ width, height }: Size): number => width * height;
