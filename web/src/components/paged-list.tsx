import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";

/** Rows from the end of what is loaded at which the next page is asked for. */
const AHEAD = 20;

/** What is known of a list that the server pages. */
interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

interface Props<Item> {
  readonly label: string;
  readonly className: string;
  readonly rowClassName: string;
  readonly items: readonly Item[];
  readonly pages: Pages;
  /** Height of a row that was not drawn yet, pixels. */
  readonly guessedHeight: number;
  readonly keyOf: (item: Item) => number;
  readonly children: (item: Item) => ReactNode;
}

/** A list in a box of its own, of which only what is in sight is drawn and loaded; its rows lie absolutely. */
export function PagedList<Item>({ label, className, rowClassName, items, pages, guessedHeight, keyOf, children }: Props<Item>) {
  const scroller = useRef<HTMLUListElement>(null);
  const keyAt = (index: number) => {
    const item = items[index];
    return item === undefined ? index : keyOf(item);
  };
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => guessedHeight,
    overscan: 4,
    getItemKey: keyAt,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, items.length]);
  return (
    <ul className={className} ref={scroller} tabIndex={0} aria-label={label}>
      {/* The height of all stands before the first, as rows lie where they belong. */}
      <li aria-hidden="true" style={{ height: `${rows.getTotalSize()}px` }} />
      {drawn.map((row) => {
        const item = items[row.index];
        return item === undefined ? null : (
          <li
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            className={rowClassName}
            style={{ transform: `translateY(${row.start}px)` }}
          >
            {children(item)}
          </li>
        );
      })}
    </ul>
  );
}
