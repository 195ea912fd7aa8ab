import type { Size, View } from "./view";

/** Red, green and blue, each from 0 to 255. */
export type Colour = readonly [number, number, number];

/** What is drawn besides the points themselves. */
export interface Scene {
  readonly view: View;
  readonly size: Size;
  /** Pixels of the screen for one of the page. */
  readonly ratio: number;
  /** A colour for each hue. */
  readonly palette: readonly Colour[];
  /** Side of a point, pixels of the page. */
  readonly side: number;
}

/** Puts points on a canvas. */
export interface Painter {
  /** Takes a hue for each point, and which of them stand out; without the latter all are alike. */
  readonly mark: (hues: Uint8Array, lit: Uint8Array | null) => void;
  readonly draw: (scene: Scene) => void;
  readonly close: () => void;
}

/** How opaque a point is that stands out, or is like all, and one that does not stand out. */
export const OPAQUE = 0.85;
export const FAINT = 0.14;

/** Side of a point that stands out, by that of the others. */
export const LARGER = 1.6;
