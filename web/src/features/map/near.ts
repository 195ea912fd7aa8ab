import { each, type Squares } from "./squares";
import { seen, toWindow, type Size, type View } from "./view";

/** A picture that is shown in place of its point: its row, its place in the window, and its side, pixels. */
export interface Near {
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Points in sight up to which pictures are shown in their place. */
const MOST = 1500;

/** Least side of the square of the window in which one picture is shown, pixels; it is up to twice that. */
const ROOM = 68;

/** Share of its square that a picture takes. */
const TAKEN = 0.66;

/** The pictures that are shown in place of their points, one a square; none while too many are in sight. */
export function nearOf(squares: Squares, view: View, size: Size): readonly Near[] {
  // Squares are fixed to the map, so that moving it changes none of the pictures.
  const room = 2 ** Math.ceil(Math.log2(ROOM / view.scale));
  const side = room * view.scale * TAKEN;
  const shown = new Map<string, Near>();
  let count = 0;
  each(squares, seen(view, size), (row, x, y) => {
    count += 1;
    const square = `${Math.floor(x / room)} ${Math.floor(y / room)}`;
    const before = shown.get(square);
    if (before === undefined || row < before.row) shown.set(square, { row, side, ...toWindow(view, size, { x, y }) });
    return count <= MOST;
  });
  return count > MOST ? [] : [...shown.values()];
}

/** The picture at a place of the window, the one drawn last first; -1 where there is none. */
export function rowAt(near: readonly Near[], at: { readonly x: number; readonly y: number }): number {
  const found = near.findLast(
    ({ x, y, side }) => Math.abs(at.x - x) <= side / 2 && Math.abs(at.y - y) <= side / 2,
  );
  return found?.row ?? -1;
}
