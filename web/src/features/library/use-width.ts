import { useLayoutEffect, useState, type RefObject } from "react";

/** Width of an element's content, without its padding; it follows the window. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(200, Math.floor(entry?.contentRect.width ?? 0))));
    observer.observe(found);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
