import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";

import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { useContentSize } from "../../lib/use-content-size";
import type { Points } from "./numbers";
import { inList, usePictures } from "./pictures";

/** Least side of a picture of the list, pixels. */
const SIDE = 96;

interface Props {
  readonly points: Points;
  readonly rows: readonly number[];
  readonly onOpen: (place: number) => void;
}

/** Pictures of a part of the map, as many as there are: what the map shows, for who cannot see or point at it. */
export function SightList({ points, rows, onOpen }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const size = useContentSize(scroller);
  const across = Math.max(2, Math.floor((size?.width ?? 3 * SIDE) / SIDE));
  const side = (size?.width ?? 3 * SIDE) / across;
  const lines = useVirtualizer({
    count: Math.ceil(rows.length / across),
    getScrollElement: () => scroller.current,
    estimateSize: () => side,
    overscan: 3,
  });
  useEffect(() => lines.measure(), [lines, side]);
  const shown = lines.getVirtualItems();
  const first = (shown[0]?.index ?? 0) * across;
  const places = rows.slice(first, ((shown.at(-1)?.index ?? -1) + 1) * across);
  const get = usePictures(
    inList,
    places.map((row) => points.assets[row] ?? -1),
  );
  return (
    <div className="sight-list" ref={scroller} tabIndex={0} role="region" aria-label={text.map.list}>
      <ul style={{ height: lines.getTotalSize() }}>
        {places.map((row, number) => {
          const place = first + number;
          const picture = get(points.assets[row] ?? -1);
          const [down, right] = [Math.floor(place / across) * side, (place % across) * side];
          return (
            <li key={row} style={{ width: side, height: side, transform: `translate(${right}px, ${down}px)` }}>
              {picture == null ? (
                <span className={picture === null ? "" : "blank"} />
              ) : (
                <button type="button" onClick={() => onOpen(place)} title={nameOf(picture.path)}>
                  <img src={`/api/v1/contents/${picture.sha256}/thumbnail`} alt={nameOf(picture.path)} decoding="async" />
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
