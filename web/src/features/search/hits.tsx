import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { text } from "../../config/text";
import { GAP } from "../../lib/justified";
import type { Hit } from "./asked";
import { HitTile } from "./hit-tile";
import { bands, takenBy } from "./rows";

const words = text.search;

/** Bands beyond the window that are there already. */
const BEYOND = 4;

interface Props {
  readonly hits: readonly Hit[];
  readonly isStale: boolean;
  /** Asks for more, where there is more. */
  readonly onEnd: (() => void) | null;
  readonly onOpen: (index: number) => void;
}

/** Hits, best first, in rows that fill the width; a line says where they probably end. */
export function Hits({ hits, isStale, onEnd, onOpen }: Props) {
  const box = useRef<HTMLUListElement>(null);
  const { width, top } = usePlace(box);
  const wanted = width < 600 ? 130 : width < 1800 ? 210 : 260;
  const laid = useMemo(() => {
    const end = hits.findIndex((hit) => hit.relevant === false);
    return bands(hits.map((hit) => hit.width / hit.height), end, width, wanted);
  }, [hits, width, wanted]);
  const virtual = useWindowVirtualizer({
    count: laid.length,
    estimateSize: (index) => (laid[index] === undefined ? 0 : takenBy(laid[index])),
    gap: GAP * 2,
    overscan: BEYOND,
    scrollMargin: top,
  });
  useLayoutEffect(() => virtual.measure(), [laid, virtual]);
  const near = virtual.getVirtualItems();
  const isAtEnd = (near.at(-1)?.index ?? 0) >= laid.length - 2;
  useEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, onEnd, laid]);
  return (
    <ul
      ref={box}
      className={isStale ? "hits stale" : "hits"}
      aria-label={words.results}
      aria-busy={isStale}
      style={{ height: `${virtual.getTotalSize()}px` }}
    >
      {near.map(({ index, start }) => {
        const band = laid[index];
        const y = start - top;
        if (band === undefined) return null;
        if (band.kind === "line")
          return (
            <li key="line" className="beyond quiet" style={{ transform: `translateY(${y}px)` }}>
              {words.beyond}
            </li>
          );
        return band.tiles.map((tile) => {
          const hit = hits[tile.index];
          return hit === undefined ? null : (
            <li
              key={hit.asset}
              className="hit"
              aria-setsize={onEnd === null ? hits.length : -1}
              aria-posinset={tile.index + 1}
              style={{ transform: `translate(${tile.left}px, ${y}px)`, width: `${tile.width}px` }}
            >
              <HitTile hit={hit} height={band.height} onOpen={() => onOpen(tile.index)} />
            </li>
          );
        });
      })}
    </ul>
  );
}

/** Width of a list, and how far below the top of the page it begins; both follow the window. */
function usePlace(box: React.RefObject<HTMLElement | null>): { readonly width: number; readonly top: number } {
  const [place, setPlace] = useState({ width: 1024, top: 0 });
  useLayoutEffect(() => {
    const found = box.current;
    if (found === null) return undefined;
    const look = () => {
      const width = found.clientWidth;
      const top = Math.round(found.getBoundingClientRect().top + window.scrollY);
      setPlace((before) => (before.width === width && before.top === top ? before : { width, top }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(found);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [box]);
  return place;
}
