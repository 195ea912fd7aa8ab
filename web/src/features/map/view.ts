/** What of the map is seen: the place in the middle of the window, and pixels for each unit of the map. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  /** How far the points reach from the middle of the map, at most 1 each; all the way where it is left out. */
  readonly reach?: Place;
}

/** A place of the window, pixels from its upper left corner, or of the map. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Share of the window that the whole map takes. */
const WHOLE = 0.92;

/** The most by which the whole map is enlarged. */
const DEEPEST = 4000;

/** All of the map. */
export const wholeOf = (size: Size): View => ({ x: 0, y: 0, scale: leastOf(size) });

const leastOf = ({ width, height, reach = { x: 1, y: 1 } }: Size): number =>
  Math.max(1, (Math.min(width / reach.x, height / reach.y) / 2) * WHOLE);

/** How far points reach from the middle, and not too little where all of them are there. */
export function reachOf(places: Float32Array): Place {
  let [x, y] = [0.1, 0.1];
  for (let place = 0; place < places.length; place += 2) {
    x = Math.max(x, Math.abs(places[place] ?? 0));
    y = Math.max(y, Math.abs(places[place + 1] ?? 0));
  }
  return { x, y };
}

/** Where a place of the map is in the window; y of the map points down. */
export const toWindow = (view: View, size: Size, at: Place): Place => ({
  x: (at.x - view.x) * view.scale + size.width / 2,
  y: (at.y - view.y) * view.scale + size.height / 2,
});

/** Which place of the map is at one of the window. */
export const toMap = (view: View, size: Size, at: Place): Place => ({
  x: (at.x - size.width / 2) / view.scale + view.x,
  y: (at.y - size.height / 2) / view.scale + view.y,
});

/** Enlarges by a factor so that what is at a place of the window stays there. */
export function zoomed(view: View, size: Size, at: Place, factor: number): View {
  const least = leastOf(size);
  const scale = Math.min(Math.max(view.scale * factor, least), least * DEEPEST);
  const held = toMap(view, size, at);
  return bounded({
    x: held.x - (at.x - size.width / 2) / scale,
    y: held.y - (at.y - size.height / 2) / scale,
    scale,
  });
}

/** Moves the map by pixels. */
export const moved = (view: View, byX: number, byY: number): View =>
  bounded({ ...view, x: view.x - byX / view.scale, y: view.y - byY / view.scale });

/** The middle of the window never leaves the map. */
const bounded = (view: View): View => ({ ...view, x: within(view.x), y: within(view.y) });

const within = (value: number): number => Math.min(1, Math.max(-1, value));

/** What of the map the window shows. */
export function seen(view: View, size: Size): Rectangle {
  const first = toMap(view, size, { x: 0, y: 0 });
  const last = toMap(view, size, { x: size.width, y: size.height });
  return { left: first.x, top: first.y, right: last.x, bottom: last.y };
}

/** By how much the whole map is enlarged. */
export const depthOf = (view: View, size: Size): number => view.scale / leastOf(size);
