import { useCallback } from "react";

import { useKept } from "../../lib/kept";

export type Density = "small" | "middle" | "large";

/** Wanted height of a row, pixels: on a wide window, and on a phone. */
const HEIGHTS = { small: [120, 76], middle: [190, 110], large: [300, 190] } as const;

/** Width below which a window is a phone's, pixels. */
const NARROW = 640;

/** How large pictures are, as this browser remembers it. */
export function useDensity() {
  const [density, setDensity] = useKept<Density>("pinakes.density", "middle");
  const wantedAt = useCallback(
    (width: number) => HEIGHTS[density in HEIGHTS ? density : "middle"][width < NARROW ? 1 : 0],
    [density],
  );
  return { density, setDensity, wantedAt };
}
