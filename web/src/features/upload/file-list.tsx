import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";

import { Choice } from "../../components/choice";
import { text } from "../../config/text";
import { FileRow } from "./file-row";
import type { Totals } from "./item";
import { queue } from "./store";

const words = text.adding;

/** Pixels of a row; sentences have more room among files that were refused. Nothing is measured, so nothing jumps. */
const ROW = { all: 52, refused: 92 };

/** The files: all of them, or those that were refused. */
export function FileList({ totals }: { readonly totals: Totals }) {
  const [wanted, setWanted] = useState<keyof typeof ROW>("all");
  const shown = totals.troubled > 0 ? wanted : "all";
  return (
    <>
      {totals.troubled === 0 ? null : (
        <Choice
          label={words.show.label}
          hideLabel
          value={shown}
          onChange={setWanted}
          options={[
            { value: "all", label: words.show.all },
            { value: "refused", label: words.show.refused(totals.troubled) },
          ]}
        />
      )}
      <Rows key={shown} shown={shown} totals={totals} />
    </>
  );
}

/** Rows of which only those in sight are drawn. The file that is sent stays in sight until somebody looks for another. */
function Rows({ shown, totals }: { readonly shown: keyof typeof ROW; readonly totals: Totals }) {
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(shown === "all");
  const { latest } = totals;
  // The library's result cannot be kept over renders, which is what is wanted here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: shown === "all" ? totals.files : totals.troubled,
    getScrollElement: () => box.current,
    estimateSize: () => ROW[shown],
    overscan: 4,
  });
  useEffect(() => {
    if (follows) box.current?.scrollTo(0, Math.max(0, latest - 2) * ROW.all);
  }, [follows, latest]);
  const stay = () => setFollows(false);
  return (
    <div
      ref={box}
      className={`adding-files ${shown}`}
      tabIndex={0}
      role="group"
      aria-label={words.list}
      onWheel={stay}
      onPointerDown={stay}
      onKeyDown={stay}
    >
      <ul style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, size, key }) => {
          const item = shown === "all" ? queue.item(index) : queue.troubled(index);
          return item === undefined ? null : (
            <li key={key} style={{ height: size, transform: `translateY(${start}px)` }}>
              <FileRow item={item} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
