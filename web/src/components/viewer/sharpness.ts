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

/** How far a picture may be enlarged before a sharper one is asked for. */
const SLACK = 1.08;

/** Pixels beyond which the original is too much for a page. */
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
  const long = Math.max(of.size.width, of.size.height);
  const original = of.shown && of.size.width * of.size.height <= MOST;
  if (original && of.frames > 1) return originalOf(of.asset);
  if (needed <= MIDDLE * SLACK && !(needed > long * SLACK)) return null;
  if (long > LARGE && needed <= LARGE * SLACK) return madeOf(of.sha256, LARGE);
  if (original) return originalOf(of.asset);
  return long > MIDDLE ? madeOf(of.sha256, LARGE) : null;
}
