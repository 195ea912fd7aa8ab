import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { text } from "../../config/text";
import { GAP } from "../../lib/justified";
import { useContentSize } from "../../lib/use-content-size";
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
  const width = useContentSize(box)?.width ?? 0;
  const top = useTop(box);
  const wanted = width < 600 ? 130 : width < 1800 ? 210 : 260;
  const laid = useMemo(() => {
    if (width === 0) return [];
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

/** How far below the top of the page a list begins; it follows what grows above it. */
function useTop(box: React.RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => setTop(Math.round((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [box]);
  return top;
}
