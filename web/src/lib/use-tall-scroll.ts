import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Tallest box given to the browser; beyond 16.7 million pixels some lay out nothing. */
const TALLEST = 8_000_000;

/** Time without scrolling after which the bar is set to where the content is, milliseconds. */
const REST = 150;

interface TallScroll {
  /** Height to give the box inside the scroller. */
  readonly box: number;
  /** Pixels of the content above the window. */
  readonly place: number;
  /** Height of the window. */
  readonly height: number;
  /** Goes to a place of the content. */
  readonly go: (place: number) => void;
  /** Moves with the content when something above the window changed its height. */
  readonly shift: (by: number) => void;
}

/**
 * Scrolls content of any height in a box that browsers can lay out.
 *
 * A small movement of the bar moves the content by as many pixels; a large one, as when the bar is dragged, goes to
 * the same share of the content. When it rests, the bar is set to the share at which the content is.
 */
export function useTallScroll(scroller: RefObject<HTMLElement | null>, total: number): TallScroll {
  const [height, setHeight] = useState(0);
  const [place, setPlace] = useState(0);
  const now = useRef({ place: 0, bar: 0, resting: 0 });
  const box = Math.max(height, Math.min(total, TALLEST));
  const span = Math.max(1, total - height);
  const bar = Math.max(1, box - height);

  const put = (wanted: number, setBar: boolean) => {
    const next = Math.min(Math.max(0, wanted), span);
    now.current.place = next;
    setPlace(next);
    const element = scroller.current;
    if (setBar && element !== null) {
      element.scrollTo({ top: (next / span) * bar });
      now.current.bar = element.scrollTop;
    }
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  const rested = useEffectEvent(() => put(now.current.place, true));
  const moved = useEffectEvent((element: HTMLElement) => {
    const by = element.scrollTop - now.current.bar;
    if (by === 0) return;
    now.current.bar = element.scrollTop;
    const atEnd = element.scrollTop === 0 || element.scrollTop >= bar - 1;
    const jump = Math.abs(by) > element.clientHeight || (atEnd && box < TALLEST);
    put(jump ? (element.scrollTop / bar) * span : now.current.place + by, false);
    window.clearTimeout(now.current.resting);
    now.current.resting = window.setTimeout(rested, REST);
  });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const heard = () => moved(element);
    element.addEventListener("scroll", heard, { passive: true });
    return () => element.removeEventListener("scroll", heard);
  }, [scroller]);

  const go = (wanted: number) => put(wanted, true);
  const shift = (by: number) => put(now.current.place + by, true);
  return { box, place, height, go, shift };
}
