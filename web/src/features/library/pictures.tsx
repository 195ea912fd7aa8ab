import { useLayoutEffect, useMemo } from "react";

import { Thumbnail } from "../../components/thumbnail";
import { day } from "../../lib/format";
import { bounded, GAP, justified } from "../../lib/justified";
import type { MonthPage } from "./asked";

interface Props {
  readonly page: MonthPage | undefined;
  readonly width: number;
  readonly wanted: number;
  readonly onLaidOut: (height: number) => void;
  readonly onOpen: (index: number) => void;
}

/** The pictures of one block, each at its place before its thumbnail has come. */
export function Pictures({ page, width, wanted, onLaidOut, onOpen }: Props) {
  const rows = useMemo(() => (page === undefined ? [] : justified(page.ratios, width, wanted)), [page, width, wanted]);
  const last = rows.at(-1);
  const height = last === undefined ? null : last.top + last.height + GAP;
  useLayoutEffect(() => {
    if (height !== null) onLaidOut(height);
  }, [height, onLaidOut]);
  if (page === undefined) return <div className="blank waiting" />;
  return (
    <div className="rows">
      {rows.map((row) => {
        let left = 0;
        return page.sha256.slice(row.first, row.end).map((sha256, number) => {
          const index = row.first + number;
          const across = bounded(page.ratios[index] ?? 1) * row.height;
          const style = { left: `${left}px`, top: `${row.top}px`, width: `${across}px`, height: `${row.height}px` };
          left += across + GAP;
          const taken = page.taken_at[index] ?? null;
          return (
            <button key={page.assets[index]} className="picture" style={style} onClick={() => onOpen(index)}>
              <Thumbnail sha256={sha256} alt={taken === null ? "" : day(taken)} />
            </button>
          );
        });
      })}
    </div>
  );
}
