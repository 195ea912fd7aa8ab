import { useRef, type FocusEvent, type MouseEvent, type PointerEvent } from "react";

import type { Choosing } from "./use-choosing";

/** Time that a finger rests on a picture until it is chosen, milliseconds. */
const LONG = 450;

/** Movement of the finger that makes it a scroll, pixels. */
const STILL = 10;

interface Asked {
  readonly choosing: Choosing;
  readonly onOpen: (position: number) => void;
  readonly onFocus: (position: number) => void;
}

/**
 * What pressing on pictures does, for all of them at once: a press opens, or chooses where pictures are being chosen;
 * the check chooses, Shift up to here, Ctrl or Cmd one more; a finger that rests begins to choose.
 */
export function usePresses({ choosing, onOpen, onFocus }: Asked) {
  const long = useRef({ timer: 0, x: 0, y: 0, isDone: false });
  const end = () => window.clearTimeout(long.current.timer);
  return {
    onClick: (event: MouseEvent) => {
      const position = positionOf(event.target);
      if (position === null) return;
      if (long.current.isDone) {
        long.current.isDone = false;
        return;
      }
      // Enter presses a button without a mouse: it opens, whatever is chosen.
      const isByKey = event.detail === 0;
      const isCheck = event.target instanceof Element && event.target.closest(".check") !== null;
      if (event.shiftKey) choosing.extend(position, position);
      else if (isCheck || event.ctrlKey || event.metaKey || (choosing.isOpen && !isByKey)) choosing.toggle(position);
      else onOpen(position);
    },
    onFocus: (event: FocusEvent) => {
      const position = positionOf(event.target);
      if (position !== null) onFocus(position);
    },
    onPointerDown: (event: PointerEvent) => {
      const position = positionOf(event.target);
      long.current.isDone = false;
      if (event.pointerType !== "touch" || position === null) return;
      const timer = window.setTimeout(() => {
        long.current.isDone = true;
        choosing.toggle(position);
      }, LONG);
      long.current = { timer, x: event.clientX, y: event.clientY, isDone: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const { x, y } = long.current;
      if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu: (event: MouseEvent) => {
      if (long.current.isDone) event.preventDefault();
    },
  };
}

function positionOf(target: EventTarget): number | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-position]") : null;
  const position = Number(cell?.dataset["position"] ?? NaN);
  return Number.isInteger(position) ? position : null;
}
