import { useEffect, useRef, useState, type RefObject } from "react";

import { painterFor } from "./best-painter";
import type { Painter } from "./painter";
import type { Squares } from "./squares";
import { usePalette } from "./use-palette";
import { depthOf, type Size, type View } from "./view";

/** Side of a point, pixels: of a crowd, of a few, and the most by enlarging. */
const SMALLEST = 3;
const LARGEST = 9;
const CROWD = 20_000;

interface Given {
  readonly squares: Squares;
  readonly hues: Uint8Array;
  readonly lit: Uint8Array | null;
  readonly view: View;
  readonly size: Size;
}

/** Keeps a canvas painted with the points of a map. */
export function usePainted(canvas: RefObject<HTMLCanvasElement | null>, { squares, hues, lit, view, size }: Given) {
  const [painter, setPainter] = useState<Painter | null>(null);
  const frame = useRef(0);
  const palette = usePalette();
  useEffect(() => {
    let gone = false;
    let made: Painter | null = null;
    if (canvas.current !== null)
      void painterFor(canvas.current, squares).then((found) => {
        made = found;
        if (gone) found.close();
        else setPainter(found);
      });
    return () => {
      gone = true;
      made?.close();
    };
  }, [canvas, squares]);
  useEffect(() => painter?.mark(hues, lit), [painter, hues, lit]);
  useEffect(() => {
    if (painter === null) return undefined;
    frame.current = requestAnimationFrame(() =>
      painter.draw({ view, size, palette, ratio: window.devicePixelRatio, side: sideOf(squares, depthOf(view, size)) }),
    );
    return () => cancelAnimationFrame(frame.current);
  }, [painter, hues, lit, view, size, palette, squares]);
}

/** Few points are drawn larger than many, and all grow as one goes nearer. */
function sideOf({ rows }: Squares, depth: number): number {
  const few = rows.length < CROWD ? 2 : 0;
  return Math.min(LARGEST, SMALLEST + few + Math.log2(depth));
}
