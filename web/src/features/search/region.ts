import type { Region } from "./line";

/** Shortest side of a region, as a share of the picture. */
export const LEAST = 0.02;

/** A place on a picture, as shares of its width and height. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The rectangle between two corners, whichever way it was drawn. */
export function between(from: Point, to: Point): Region {
  const left = within(Math.min(from.x, to.x), 0, 1 - LEAST);
  const top = within(Math.min(from.y, to.y), 0, 1 - LEAST);
  return {
    left,
    top,
    width: within(Math.max(from.x, to.x), left + LEAST, 1) - left,
    height: within(Math.max(from.y, to.y), top + LEAST, 1) - top,
  };
}

/** The region at another place, as far as the picture reaches. */
export const moved = (region: Region, by: Point): Region => ({
  ...region,
  left: within(region.left + by.x, 0, 1 - region.width),
  top: within(region.top + by.y, 0, 1 - region.height),
});

/** The region larger or smaller by its right and lower edges. */
export const grown = (region: Region, by: Point): Region => ({
  ...region,
  width: within(region.width + by.x, LEAST, 1 - region.left),
  height: within(region.height + by.y, LEAST, 1 - region.top),
});

/** The corner opposite of one, which stays when that one is dragged. */
export const opposite = ({ left, top, width, height }: Region, corner: Corner): Point => ({
  x: corner.includes("w") ? left + width : left,
  y: corner.includes("n") ? top + height : top,
});

export const corners = ["nw", "ne", "sw", "se"] as const;
export type Corner = (typeof corners)[number];

/** The middle of a picture: what is drawn first for those who draw by keys. */
export const MIDDLE: Region = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };

const ways: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What an arrow key makes of a region: it moves it, or with Shift its far edges; null for other keys. */
export function pressed(region: Region, key: string, changes: { readonly shift: boolean; readonly fine: boolean }): Region | null {
  const way = ways[key];
  if (way === undefined) return null;
  const step = changes.fine ? 0.005 : 0.02;
  const by = { x: way.x * step, y: way.y * step };
  return changes.shift ? grown(region, by) : moved(region, by);
}
