/** Pixels of the page. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How a picture is looked at: `scale` 1 fits it into the room, `x` and `y` move its centre from that of the room. */
export interface View extends Point {
  readonly scale: number;
}

/** What a view may be: the room, the picture's size at scale 1, and the largest scale. */
export interface Limits {
  readonly room: Size;
  readonly fit: Size;
  readonly most: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };

/** Largest enlargement, in screen pixels to a side of a picture's pixel. */
const ENLARGED = 8;

/** The size at which a picture fits into a room; small ones are not enlarged. */
export function fitted(picture: Size, room: Size): Size {
  const share = Math.min(room.width / picture.width, room.height / picture.height, 1);
  return { width: picture.width * share, height: picture.height * share };
}

/** The scale at which each pixel of the picture is one of the screen. */
export const fullScale = (picture: Size, fit: Size, density: number): number => picture.width / density / fit.width;

/** What is allowed for a picture in a room, on a screen of `density` pixels to one of the page. */
export function limitsOf(picture: Size, room: Size, density: number): Limits {
  const fit = fitted(picture, room);
  return { room, fit, most: Math.max(ENLARGED, fullScale(picture, fit, density) * ENLARGED) };
}

/** The nearest view that is allowed: never smaller than fitting, and no gap where the picture could be. */
export function bounded(view: View, { room, fit, most }: Limits): View {
  const scale = Math.min(Math.max(view.scale, 1), most);
  const acrossRest = Math.max(0, (fit.width * scale - room.width) / 2);
  const downRest = Math.max(0, (fit.height * scale - room.height) / 2);
  return { scale, x: clamped(view.x, acrossRest), y: clamped(view.y, downRest) };
}

/** The view after zooming by a factor; what is at `point`, measured from the room's centre, stays there. */
export function zoomed(view: View, factor: number, point: Point, limits: Limits): View {
  const scale = Math.min(Math.max(view.scale * factor, 1), limits.most);
  const by = scale / view.scale;
  return bounded({ scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by }, limits);
}

/** The view after moving the picture. */
export const panned = (view: View, by: Point, limits: Limits): View =>
  bounded({ scale: view.scale, x: view.x + by.x, y: view.y + by.y }, limits);

/** The scale that a double click goes to: each pixel as it is, or closer where that is no closer look. */
export const closer = (full: number): number => (full > 1.2 ? full : 2.5);

const clamped = (value: number, most: number): number => Math.min(Math.max(value, -most), most);
