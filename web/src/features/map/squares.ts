import type { Place, Rectangle } from "./view";

/** Points by the squares of a grid over the map, so that what is near a place is found without looking at all. */
export interface Squares {
  readonly places: Float32Array;
  readonly side: number;
  /** Where the rows of each square begin in `rows`, and one more for the end. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** Points of one square, about. */
const CROWD = 8;

/** Sorts points, each from -1 to 1, into squares by counting. */
export function squaresOf(places: Float32Array): Squares {
  const count = places.length / 2;
  const side = Math.max(1, Math.min(1024, Math.round(Math.sqrt(count / CROWD))));
  const starts = new Uint32Array(side * side + 1);
  const own = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    const square = line(places[2 * row + 1] ?? 0, side) * side + line(places[2 * row] ?? 0, side);
    own[row] = square;
    starts[square + 1] = (starts[square + 1] ?? 0) + 1;
  }
  for (let square = 0; square < side * side; square += 1)
    starts[square + 1] = (starts[square + 1] ?? 0) + (starts[square] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    const square = own[row] ?? 0;
    const place = next[square] ?? 0;
    rows[place] = row;
    next[square] = place + 1;
  }
  return { places, side, starts, rows };
}

const line = (value: number, side: number): number => Math.min(side - 1, Math.max(0, Math.floor(((value + 1) / 2) * side)));

/** Calls `tell` with the row and place of every point in a rectangle, until it answers false. */
export function each(squares: Squares, area: Rectangle, tell: (row: number, x: number, y: number) => boolean | undefined): void {
  const { places, side, starts, rows } = squares;
  const [left, right] = [line(area.left, side), line(area.right, side)];
  for (let down = line(area.top, side); down <= line(area.bottom, side); down += 1) {
    // Squares beside one another lie together.
    const end = starts[down * side + right + 1] ?? 0;
    for (let place = starts[down * side + left] ?? 0; place < end; place += 1) {
      const row = rows[place] ?? 0;
      const x = places[2 * row] ?? 0;
      const y = places[2 * row + 1] ?? 0;
      if (x < area.left || x > area.right || y < area.top || y > area.bottom) continue;
      if (tell(row, x, y) === false) return;
    }
  }
}

/** The rows of the points in a rectangle. */
export function within(squares: Squares, area: Rectangle): readonly number[] {
  const found: number[] = [];
  each(squares, area, (row) => {
    found.push(row);
    return undefined;
  });
  return found;
}

/** The row of the point nearest to a place, at most so far from it; -1 where there is none. */
export function nearest(squares: Squares, at: Place, far: number): number {
  let best = far * far;
  let found = -1;
  const area = { left: at.x - far, top: at.y - far, right: at.x + far, bottom: at.y + far };
  each(squares, area, (row, x, y) => {
    const distance = (x - at.x) ** 2 + (y - at.y) ** 2;
    if (distance <= best) {
      best = distance;
      found = row;
    }
    return undefined;
  });
  return found;
}

/** Corners of a line drawn by hand that are looked at; more would only tell how the hand trembled. */
const CORNERS = 80;

/** The rows of the points that a line drawn by hand goes around. */
export function inside(squares: Squares, drawn: readonly Place[]): readonly number[] {
  const found: number[] = [];
  const step = Math.ceil(drawn.length / CORNERS);
  const outline = drawn.filter((_, corner) => corner % step === 0);
  each(squares, around(outline), (row, x, y) => {
    if (holds(outline, x, y)) found.push(row);
    return undefined;
  });
  return found;
}

/** The least rectangle around some places. */
export function around(outline: readonly Place[]): Rectangle {
  const area = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of outline) {
    area.left = Math.min(area.left, x);
    area.right = Math.max(area.right, x);
    area.top = Math.min(area.top, y);
    area.bottom = Math.max(area.bottom, y);
  }
  return area;
}

/** Whether a ray from the place crosses the outline an odd number of times. */
function holds(outline: readonly Place[], x: number, y: number): boolean {
  let odd = false;
  let before = outline.at(-1);
  for (const corner of outline) {
    if (before !== undefined && corner.y > y !== before.y > y) {
      const crossing = ((before.x - corner.x) * (y - corner.y)) / (before.y - corner.y) + corner.x;
      if (x < crossing) odd = !odd;
    }
    before = corner;
  }
  return odd;
}
