import { useEffect, useEffectEvent, useRef, useState, type PointerEvent, type RefObject } from "react";

import { closer, FITTED, panned, zoomed, type Limits, type Point, type Size, type View } from "./zoom";

/** Pixels that an arrow key moves an enlarged picture. */
const STEP = 90;

/** Scale beyond which a picture is enlarged; what is nearer to 1 is rounding. */
const CLOSER = 1.001;

/** By how much a key or button zooms. */
const NOTCH = 1.4;

/** Share of the room that a finger must move to go to the next picture or to close, and the pixels that do anyway. */
const SWIPE = { share: 0.18, pixels: 90 } as const;

/** Exponents of zooming per pixel of a wheel, and of two fingers on a touchpad. */
const WHEEL = { notch: 0.0018, pinch: 0.01, line: 16 } as const;

/** No finger has moved. */
const STILL: Point = { x: 0, y: 0 };

interface State {
  readonly of: unknown;
  readonly view: View;
  readonly swiped: Point;
}

interface Options {
  readonly room: RefObject<HTMLElement | null>;
  /** Names the picture: another one is fitted again. */
  readonly of: unknown;
  readonly limits: Limits;
  /** The scale at which pixels are those of the screen. */
  readonly full: number;
  /** A finger went to the picture before (-1) or after (1), or pulled this one down. */
  readonly onSwipe: (to: -1 | 1 | "down") => void;
}

/** Zooming and moving one picture by wheel, pointer, fingers and commands. */
export function useZoom({ room, of, limits, full, onSwipe }: Options) {
  const [state, setState] = useState<State>({ of, view: FITTED, swiped: STILL });
  const { view, swiped } = state.of === of ? state : { view: FITTED, swiped: STILL };
  const fingers = useRef(new Map<number, Point>());
  const change = (next: (view: View) => View) =>
    setState((before) => ({ of, view: next(before.of === of ? before.view : FITTED), swiped: STILL }));
  const zoom = (factor: number, point: Point = { x: 0, y: 0 }) =>
    change((before) => zoomed(before, factor, point, limits));
  const to = (scale: number, point?: Point) => zoom(scale / view.scale, point);
  const place = (event: { clientX: number; clientY: number }): Point => {
    const box = room.current?.getBoundingClientRect() ?? new DOMRect();
    return { x: event.clientX - box.x - box.width / 2, y: event.clientY - box.y - box.height / 2 };
  };

  const turned = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL.line : 1);
    zoom(Math.exp(-pixels * (event.ctrlKey ? WHEEL.pinch : WHEEL.notch)), place(event));
  });
  useEffect(() => {
    const element = room.current;
    const hear = (event: WheelEvent) => turned(event);
    element?.addEventListener("wheel", hear, { passive: false });
    return () => element?.removeEventListener("wheel", hear);
  }, [room]);

  const moved = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = place(event);
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, now);
    const by = { x: now.x - before.x, y: now.y - before.y };
    if (other !== undefined) {
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const factor = apart(now, other) / Math.max(1, apart(before, other));
      change((view) => zoomed(panned(view, { x: by.x / 2, y: by.y / 2 }, limits), factor, middle, limits));
    } else if (view.scale > 1) change((view) => panned(view, by, limits));
    else if (event.pointerType !== "mouse") setState({ of, view, swiped: { x: swiped.x + by.x, y: swiped.y + by.y } });
  };
  const left = (event: PointerEvent) => {
    if (!fingers.current.delete(event.pointerId) || swiped === STILL) return;
    setState({ of, view, swiped: STILL });
    const to = event.type === "pointerup" ? swipedTo(swiped, limits.room) : null;
    if (to !== null) onSwipe(to);
  };

  return {
    view,
    /** How far a finger has pulled the picture, one way at a time. */
    swiped: Math.abs(swiped.x) >= Math.abs(swiped.y) ? { x: swiped.x, y: 0 } : { x: 0, y: Math.max(0, swiped.y) },
    isZoomed: view.scale > CLOSER,
    closer: () => zoom(NOTCH),
    farther: () => zoom(1 / NOTCH),
    fit: () => change(() => FITTED),
    full: () => to(full),
    /** Moves the picture by so many steps; false where nothing of it is hidden that way. */
    pan: (x: number, y: number): boolean => {
      if (!isLarger(view, limits, x !== 0)) return false;
      change((before) => panned(before, { x: x * STEP, y: y * STEP }, limits));
      return true;
    },
    events: {
      onPointerDown: (event: PointerEvent) => {
        if (event.button !== 0 || fingers.current.size > 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        fingers.current.set(event.pointerId, place(event));
      },
      onPointerMove: moved,
      onPointerUp: left,
      onPointerCancel: left,
      onDoubleClick: (event: React.MouseEvent) => to(view.scale > 1 ? 1 : closer(full), place(event)),
    },
  };
}

export type Zoom = ReturnType<typeof useZoom>;

/** Whether a picture is wider, or higher, than its room. */
const isLarger = ({ scale }: View, { fit, room }: Limits, wide: boolean): boolean =>
  wide ? fit.width * scale > room.width * CLOSER : fit.height * scale > room.height * CLOSER;

/** Where a finger went that let a picture go; null where it was not far enough. */
export function swipedTo({ x, y }: Point, room: Size): -1 | 1 | "down" | null {
  const enough = (size: number) => Math.min(SWIPE.pixels, size * SWIPE.share);
  if (Math.abs(x) >= Math.abs(y)) return Math.abs(x) <= enough(room.width) ? null : x < 0 ? 1 : -1;
  return y > enough(room.height) ? "down" : null;
}

const apart = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
