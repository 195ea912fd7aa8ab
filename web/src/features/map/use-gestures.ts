import { useEffect, useEffectEvent, useRef, type PointerEvent, type RefObject } from "react";

import { moved, zoomed, type Place, type Size, type View } from "./view";

/** What a pointer that is drawn over the map does. */
export type Mode = "move" | "rectangle" | "outline";

/** Pixels within which a press is no drag. */
const STILL = 5;

/** Enlargement of one pixel of the wheel, and of a pinch on a touch pad, as a power of e. */
const WHEEL = 0.0016;
const PINCH = 0.01;

/** Pixels of a line, where the wheel counts these. */
const LINE = 16;

interface Given {
  readonly view: View;
  readonly size: Size;
  readonly mode: Mode;
  readonly onView: (view: View) => void;
  readonly onHover: (at: Place | null) => void;
  readonly onPick: (at: Place) => void;
  /** Told while a shape is drawn, in pixels of the window, and once it is whole; null when it is given up. */
  readonly onDraw: (outline: readonly Place[] | null, whole: boolean) => void;
}

/** Moves, zooms and draws by mouse, pen, finger, two fingers and wheel. */
export function useGestures(element: RefObject<HTMLElement | null>, given: Given) {
  const pressed = useRef(new Map<number, Place>());
  const drag = useRef({ begin: { x: 0, y: 0 }, far: false, drawing: false, outline: [] as Place[] });
  const placeOf = (event: { readonly clientX: number; readonly clientY: number }): Place => {
    const box = element.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };

  const turned = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const by = -event.deltaY * (event.deltaMode === 1 ? LINE : 1) * (event.ctrlKey ? PINCH : WHEEL);
    given.onView(zoomed(given.view, given.size, placeOf(event), Math.exp(by)));
  });
  useEffect(() => {
    const found = element.current;
    const hear = (event: WheelEvent) => turned(event);
    // React would only listen without being able to keep the page from scrolling.
    found?.addEventListener("wheel", hear, { passive: false });
    return () => found?.removeEventListener("wheel", hear);
  }, [element]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || (event.target as Element).closest("button, a") !== null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    pressed.current.set(event.pointerId, at);
    const draws = (given.mode !== "move" || event.shiftKey) && pressed.current.size === 1;
    drag.current = { begin: at, far: pressed.current.size > 1, drawing: draws, outline: [at] };
    if (!draws) given.onDraw(null, false);
    given.onHover(null);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const at = placeOf(event);
    const before = pressed.current.get(event.pointerId);
    if (before === undefined) {
      given.onHover((event.target as Element).closest("button") === null ? at : null);
      return;
    }
    const state = drag.current;
    state.far ||= Math.hypot(at.x - state.begin.x, at.y - state.begin.y) > STILL;
    const other = [...pressed.current].find(([pointer]) => pointer !== event.pointerId)?.[1];
    pressed.current.set(event.pointerId, at);
    if (other !== undefined) given.onView(pinched(given, before, at, other));
    else if (state.drawing) given.onDraw((state.outline = drawn(given.mode, state.outline, at)), false);
    else if (state.far) given.onView(moved(given.view, at.x - before.x, at.y - before.y));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    if (!pressed.current.delete(event.pointerId)) return;
    const state = drag.current;
    if (!state.far) given.onPick(placeOf(event));
    if (state.drawing) given.onDraw(state.far ? state.outline : null, state.far);
    drag.current.drawing = false;
  };
  const onPointerCancel = (event: PointerEvent<HTMLElement>) => {
    pressed.current.delete(event.pointerId);
    given.onDraw(null, false);
  };
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onPointerLeave: () => given.onHover(null) };
}

/** Two fingers: what is between them follows both. */
function pinched({ view, size }: Given, before: Place, at: Place, other: Place): View {
  const apart = (one: Place) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
  const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
  const followed = moved(view, (at.x - before.x) / 2, (at.y - before.y) / 2);
  return zoomed(followed, size, middle, apart(at) / apart(before));
}

/** The shape with one more place: a rectangle from its first corner, or a line that follows the pointer. */
function drawn(mode: Mode, outline: readonly Place[], at: Place): Place[] {
  const first = outline[0] ?? at;
  if (mode === "outline") return [...outline, at];
  return [first, { x: at.x, y: first.y }, at, { x: first.x, y: at.y }];
}
