import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";

import { Thumbnail } from "../../components/thumbnail";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, folderOf, nameOf } from "../../lib/format";
import { useActItems, type ActItem } from "./asked";

const words = text.journal;

/** Height of a file that was not drawn yet, pixels, and files from the end at which the next page is asked for. */
const GUESSED_HEIGHT = 110;
const AHEAD = 20;

/** The files of an act; only those in sight are drawn. */
export function ActItems({ act }: { readonly act: string }) {
  const pages = useActItems(act);
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const scroller = useRef<HTMLUListElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => GUESSED_HEIGHT,
    overscan: 4,
    getItemKey: (index) => items[index]?.item ?? index,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, items.length]);
  if (pages.error) return <Wrong error={pages.error} again={() => void pages.refetch()} />;
  if (pages.data === undefined) return <p className="blank" role="status" aria-label={text.loading} />;
  return (
    <ul className="act-items" ref={scroller} tabIndex={0} aria-label={words.items}>
      {/* The height of all stands before the first, as rows lie where they belong. */}
      <li aria-hidden="true" style={{ height: `${rows.getTotalSize()}px` }} />
      {drawn.map((row) => {
        const item = items[row.index];
        return item === undefined ? null : (
          <li
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            className="act-item"
            style={{ transform: `translateY(${row.start}px)` }}
          >
            <ItemRow item={item} />
          </li>
        );
      })}
    </ul>
  );
}

function ItemRow({ item }: { readonly item: ActItem }) {
  const path = item.path ?? "";
  const good = item.event === "undone" ? "good" : "";
  const bad = item.reason === null ? good : "bad";
  return (
    <>
      {item.sha256 === null ? null : <Thumbnail sha256={item.sha256} alt="" />}
      <div className="small">
        <p>
          <strong className="wrap">{nameOf(path)}</strong> <span className={`badge ${bad}`}>{words.events[item.event] ?? item.event}</span>{" "}
          {item.bytes > 0 ? <span className="quiet">{bytes(item.bytes)}</span> : null}
        </p>
        <p className="quiet wrap">{folderOf(path)}</p>
        {item.kept_path === null || item.kept_path === path ? null : (
          <p className="wrap">
            {words.kept} {item.kept_path}
          </p>
        )}
        {item.others.length === 0 ? null : (
          <p className="wrap">
            {words.with} {item.others.map(nameOf).join(", ")}
          </p>
        )}
        {item.why === "" ? null : <p className="quiet">{item.why}</p>}
        {item.tier === null || item.score === null || item.model === null ? null : (
          <p className="quiet">{words.evidence(item.tier, item.score, item.model)}</p>
        )}
        {item.reason === null ? null : <p className="said-bad">{item.reason}</p>}
      </div>
    </>
  );
}
