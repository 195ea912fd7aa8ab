import { useLayoutEffect, useState, type RefObject } from "react";

import type { Size } from "./zoom";

/** The size of an element's content, which follows the window. */
export function useRoom(element: RefObject<HTMLElement | null>): Size {
  const [room, setRoom] = useState<Size>({ width: window.innerWidth, height: window.innerHeight });
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const observer = new ResizeObserver(() =>
      setRoom({ width: Math.max(1, found.clientWidth), height: Math.max(1, found.clientHeight) }),
    );
    observer.observe(found);
    return () => observer.disconnect();
  }, [element]);
  return room;
}
