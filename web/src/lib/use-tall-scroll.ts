import { useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";

import { useContentSize } from "./use-content-size";

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
  /** Whether it moves by windows at a time, so that what is in sight is gone before it could be looked at. */
  readonly isRushing: boolean;
  /** Goes to a place of the content. */
  readonly go: (place: number) => void;
  /** Stays with what is in sight when its place has changed: the bar follows when the scrolling rests. */
  readonly stay: (place: number) => void;
}

/**
 * Scrolls content of any height in a box that browsers can lay out.
 *
 * A small movement of the bar moves the content by as many pixels; a large one, as when the bar is dragged, goes to
 * the same share of the content. When it rests, the bar is set to the share at which the content is.
 */
export function useTallScroll(scroller: RefObject<HTMLElement | null>, total: number): TallScroll {
  const height = useContentSize(scroller)?.height ?? 0;
  const [place, setPlace] = useState(0);
  const [isRushing, setRushing] = useState(false);
  const now = useRef({ place: 0, bar: 0 });
  const box = Math.max(height, Math.min(total, TALLEST));
  const span = Math.max(1, total - height);
  const bar = Math.max(1, box - height);

  const put = (wanted: number, setBar: boolean) => {
    const next = Math.min(Math.max(0, wanted), span);
    if (Math.abs(next - now.current.place) > 2 * height) setRushing(true);
    now.current.place = next;
    setPlace(next);
    const element = scroller.current;
    const top = (next / span) * bar;
    // To set it ends a wheel's soft movement, so it is set only where it is elsewhere.
    if (setBar && element !== null && Math.abs(element.scrollTop - top) > 1) {
      element.scrollTo({ top });
      now.current.bar = element.scrollTop;
    }
  };

  const rested = useEffectEvent(() => {
    setRushing(false);
    put(now.current.place, true);
  });
  useEffect(() => {
    const resting = window.setTimeout(rested, REST);
    return () => window.clearTimeout(resting);
  }, [place]);

  const moved = useEffectEvent((element: HTMLElement) => {
    const by = element.scrollTop - now.current.bar;
    if (by === 0) return;
    now.current.bar = element.scrollTop;
    const atEnd = element.scrollTop === 0 || element.scrollTop >= bar - 1;
    const jump = Math.abs(by) > element.clientHeight || (atEnd && box < TALLEST);
    put(jump ? (element.scrollTop / bar) * span : now.current.place + by, false);
  });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const heard = () => moved(element);
    element.addEventListener("scroll", heard, { passive: true });
    return () => element.removeEventListener("scroll", heard);
  }, [scroller]);

  const go = (wanted: number) => put(wanted, true);
  const stay = (wanted: number) => put(wanted, false);
  return { box, place, height, isRushing, go, stay };
}
