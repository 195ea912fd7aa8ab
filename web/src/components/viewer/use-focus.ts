import { useEffect, type RefObject } from "react";

import { isTop } from "./keys";

/** Time that a dialog has to put the focus back by itself, milliseconds. */
const LEFT = 400;

/** Puts the focus on the picture at first, and again where a dialog that closed has left it nowhere. */
export function useFocus(stage: RefObject<HTMLElement | null>, asset: number | undefined) {
  useEffect(() => stage.current?.focus(), [stage]);
  useEffect(() => {
    const waiting = window.setTimeout(() => {
      if (document.activeElement === document.body && isTop(stage.current)) stage.current?.focus();
    }, LEFT);
    return () => window.clearTimeout(waiting);
  }, [stage, asset]);
}
