import { useLayoutEffect, useRef, useState, type RefObject } from "react";

import { rowOf, type Geometry } from "./geometry";

/** Room left above and below a picture that is brought into sight, pixels: a heading, a bar. */
const MARGIN = 64;

interface Scroll {
  readonly place: number;
  readonly height: number;
  readonly go: (place: number) => void;
}

/** Which picture the keyboard is at. */
export function useActive() {
  const [active, setActive] = useState<number | null>(null);
  const wantedRef = useRef<number | null>(null);
  const [, ask] = useState(0);
  const focus = (position: number) => {
    wantedRef.current = position;
    setActive(position);
    // Also where it is the active one already and only has lost the focus.
    ask((times) => times + 1);
  };
  return { active, setActive, focus, wantedRef };
}

/** Brings a picture that was asked for into sight, and puts the focus on it when it is there. */
export function useFocused(
  grid: RefObject<HTMLElement | null>,
  wantedRef: RefObject<number | null>,
  geometry: Geometry,
  scroll: Scroll,
): void {
  useLayoutEffect(() => {
    const position = wantedRef.current;
    if (position === null) return;
    const row = rowOf(geometry, position);
    const to = inSight(row, scroll);
    if (to !== null && Math.abs(to - scroll.place) > 0.5) {
      scroll.go(to);
      if (!row.isKnown) return;
    }
    const found = grid.current?.querySelector<HTMLElement>(`[data-position="${position}"] > .open`);
    if (!row.isKnown || found === null || found === undefined) return;
    wantedRef.current = null;
    found.focus({ preventScroll: true });
  });
}

/** Where to scroll so that a row is seen; null where it is. */
function inSight(row: { top: number; height: number }, { place, height }: Scroll): number | null {
  if (row.top - MARGIN < place) return Math.max(0, row.top - MARGIN);
  const end = row.top + row.height + MARGIN - height;
  return end > place ? Math.min(end, row.top - MARGIN) : null;
}
