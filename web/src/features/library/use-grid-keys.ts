import { useEffect, useEffectEvent } from "react";

import type { Choosing } from "./use-choosing";
import { anchorAt, cellOf, pictureAt, pictureBeyond, rowOf, type Geometry } from "./geometry";

/** Elements that take what is typed themselves. */
const TYPING = "input, textarea, select, [contenteditable='true'], [role='listbox'], [role='menu']";

interface Asked {
  readonly grid: React.RefObject<HTMLElement | null>;
  readonly geometry: Geometry;
  readonly count: number;
  readonly place: number;
  readonly height: number;
  readonly active: number | null;
  readonly choosing: Choosing;
  readonly onFocus: (position: number) => void;
  readonly onTrash: () => void;
}

/**
 * The keys of the grid: arrows, Home, End and pages move the focus, with Shift they choose what they pass; Space
 * chooses, Ctrl-A everything, Escape nothing, Delete moves to the trash. Enter presses the picture's own button.
 */
export function useGridKeys(asked: Asked): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (isForOthers(event, asked.grid.current)) return;
    if (!pressed(event, asked)) return;
    event.preventDefault();
  });
  const release = useEffectEvent((event: KeyboardEvent) => {
    // A button is pressed when Space is let go; here Space chooses.
    if (event.key === " " && isWithin(event.target, asked.grid.current)) event.preventDefault();
  });
  useEffect(() => {
    const down = (event: KeyboardEvent) => press(event);
    const up = (event: KeyboardEvent) => release(event);
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
    };
  }, []);
}

/** Does what a key says; answers whether it says anything here. */
function pressed(event: KeyboardEvent, asked: Asked): boolean {
  const { choosing, active, onFocus, onTrash } = asked;
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.altKey) return false;
  if (isCommand && event.key.toLowerCase() === "a") return done(choosing.all);
  if (event.key === "Escape" && choosing.isOpen) return done(choosing.clear);
  if (event.key === "Delete" && !isCommand) return done(onTrash);
  const isInside = isWithin(event.target, asked.grid.current);
  if (event.key === " " && active !== null && isInside) return done(() => choosing.toggle(active));
  const to = isCommand ? null : target(event.key, asked);
  if (to === null) return false;
  if (event.shiftKey) choosing.extend(to, active ?? to);
  onFocus(to);
  return true;
}

function done(act: () => void): true {
  act();
  return true;
}

/** Where a key leads: null where it is no key of movement. */
function target(key: string, { geometry, count, place, height, active }: Asked): number | null {
  const clamped = (position: number) => Math.min(count - 1, Math.max(0, position));
  const here = active ?? anchorAt(geometry, place).position;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "ArrowLeft") return clamped(active === null ? here : here - 1);
  if (key === "ArrowRight") return clamped(active === null ? here : here + 1);
  if (key === "ArrowUp" || key === "ArrowDown") {
    if (active === null) return here;
    return pictureBeyond(geometry, here, key === "ArrowUp" ? -1 : 1, null) ?? here;
  }
  if (key !== "PageUp" && key !== "PageDown") return null;
  const cell = cellOf(geometry, here)?.cell;
  const across = cell === undefined ? 0 : cell.left + cell.width / 2;
  const by = (key === "PageUp" ? -1 : 1) * height * 0.85;
  return clamped(pictureAt(geometry, Math.max(0, rowOf(geometry, here).top + 1 + by), across));
}

function isForOthers(event: KeyboardEvent, grid: HTMLElement | null): boolean {
  if (event.defaultPrevented || document.querySelector("[aria-modal='true'], [role='dialog'], dialog[open]") !== null)
    return true;
  if (event.target instanceof Element && event.target.closest(TYPING) !== null) return true;
  const isFree = event.target === document.body || isWithin(event.target, grid);
  // Buttons beside the grid have keys of their own.
  return !isFree && !["Escape", "a", "A"].includes(event.key);
}

const isWithin = (target: EventTarget | null, grid: HTMLElement | null) =>
  target instanceof Node && grid?.contains(target) === true;
