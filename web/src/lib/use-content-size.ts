import { useLayoutEffect, useState, type RefObject } from "react";

/** Room inside an element, pixels, without its padding and its scroll bar. */
export interface ContentSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size of an element's content, which follows the window; null until the element has one.
 *
 * It is read before the first paint, so that nothing is ever drawn at a guessed size, and again when `changed` does.
 */
export function useContentSize(element: RefObject<HTMLElement | null>, changed?: string): ContentSize | null {
  const [size, setSize] = useState<ContentSize | null>(null);
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const look = () => {
      const next = contentOf(found);
      if (next.width > 0) setSize((before) => (before?.width === next.width && before.height === next.height ? before : next));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(found);
    return () => observer.disconnect();
  }, [element, changed]);
  return size;
}

function contentOf(element: HTMLElement): ContentSize {
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(element);
  return {
    width: Math.floor(element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)),
    height: Math.floor(element.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom)),
  };
}
