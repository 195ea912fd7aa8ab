import { useLayoutEffect, useState, type RefObject } from "react";

import type { Size } from "./view";

/** The size of an element, which follows the window; null before it is laid out. */
export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (found.clientWidth > 0) setSize({ width: found.clientWidth, height: found.clientHeight });
    });
    observer.observe(found);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
