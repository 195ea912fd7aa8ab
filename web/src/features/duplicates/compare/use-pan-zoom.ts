import { useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";

/** How pictures lie in their frames: one for all frames, so that they are compared at the same place. */
export interface View {
  readonly scale: number;
  /** The place of the picture in the middle of the frame, as shares of the frame. */
  readonly x: number;
  readonly y: number;
}

export const whole: View = { scale: 1, x: 0.5, y: 0.5 };

/** The most that pictures are enlarged. */
const MOST = 32;

const bound = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** The view at another scale, with what is under a place (shares of the frame) staying there. */
export function zoomed(view: View, factor: number, atX = 0.5, atY = 0.5): View {
  const scale = bound(view.scale * factor, 1, MOST);
  if (scale === 1) return whole;
  const x = view.x + (atX - 0.5) * (1 / view.scale - 1 / scale);
  const y = view.y + (atY - 0.5) * (1 / view.scale - 1 / scale);
  return held({ scale, x, y });
}

/** The view moved by shares of the frame. */
export const panned = (view: View, byX: number, byY: number): View =>
  held({ ...view, x: view.x - byX / view.scale, y: view.y - byY / view.scale });

const held = (view: View): View => ({ ...view, x: bound(view.x, 0, 1), y: bound(view.y, 0, 1) });

/** Answers wheel, drag and pinch on the frames inside an element. */
export function usePanZoom(element: RefObject<HTMLElement | null>) {
  const [view, setView] = useState(whole);
  const pointers = useRef(new Map<number, { x: number; y: number }>());

  const frameAt = (target: EventTarget | null) =>
    target instanceof Element ? target.closest("[data-frame]")?.getBoundingClientRect() : undefined;

  const wheel = useEffectEvent((event: WheelEvent) => {
    const frame = frameAt(event.target);
    if (frame === undefined) return;
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
    const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.012 : 0.002));
    setView((before) => zoomed(before, factor, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height));
  });
  const down = useEffectEvent((event: PointerEvent) => {
    if (frameAt(event.target) === undefined || event.button !== 0) return;
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  const move = useEffectEvent((event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    const frame = frameAt(event.target) ?? element.current?.querySelector("[data-frame]")?.getBoundingClientRect();
    if (before === undefined || frame === undefined) return;
    const other = [...pointers.current.entries()].find(([id]) => id !== event.pointerId)?.[1];
    const now = { x: event.clientX, y: event.clientY };
    pointers.current.set(event.pointerId, now);
    if (other === undefined) {
      setView((view) => panned(view, (now.x - before.x) / frame.width, (now.y - before.y) / frame.height));
      return;
    }
    const apart = (point: { x: number; y: number }) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    const [x, y] = [((now.x + other.x) / 2 - frame.left) / frame.width, ((now.y + other.y) / 2 - frame.top) / frame.height];
    setView((view) => zoomed(view, apart(now) / apart(before), x, y));
  });
  const up = useEffectEvent((event: PointerEvent) => pointers.current.delete(event.pointerId));

  useEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const heard = {
      wheel: (event: WheelEvent) => wheel(event),
      down: (event: PointerEvent) => down(event),
      move: (event: PointerEvent) => move(event),
      up: (event: PointerEvent) => up(event),
    };
    found.addEventListener("wheel", heard.wheel, { passive: false });
    found.addEventListener("pointerdown", heard.down);
    window.addEventListener("pointermove", heard.move);
    window.addEventListener("pointerup", heard.up);
    window.addEventListener("pointercancel", heard.up);
    return () => {
      found.removeEventListener("wheel", heard.wheel);
      found.removeEventListener("pointerdown", heard.down);
      window.removeEventListener("pointermove", heard.move);
      window.removeEventListener("pointerup", heard.up);
      window.removeEventListener("pointercancel", heard.up);
    };
  }, [element]);
  return { view, setView };
}
