import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useState } from "react";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useGroups, type Tier } from "./asked";
import { CompareDialog } from "./compare-dialog";
import { GroupCard } from "./group-card";

/** Height of a group that was not drawn yet, pixels. */
const GUESSED_HEIGHT = 300;

/** Groups from the end of what is loaded at which the next page is asked for. */
const AHEAD = 20;

interface Props {
  readonly review: string;
  readonly tier: Tier | undefined;
  readonly compared: string | undefined;
  readonly onCompare: (group: string | null) => void;
}

/** All groups of a tier; the server pages them, and only those in sight are drawn. */
export function GroupList({ review, tier, compared, onCompare }: Props) {
  const pages = useGroups(review, tier, true);
  const groups = useMemo(() => pages.data?.pages.flatMap((page) => page.groups) ?? [], [pages.data]);
  const [place, setPlace] = useState<HTMLDivElement | null>(null);
  const rows = useWindowVirtualizer({
    count: groups.length,
    estimateSize: () => GUESSED_HEIGHT,
    overscan: 4,
    gap: 16,
    scrollMargin: place?.offsetTop ?? 0,
    getItemKey: (index) => groups[index]?.id ?? index,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= groups.length - AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, groups.length]);
  if (pages.error) return <Wrong error={pages.error} again={() => void pages.refetch()} />;
  if (pages.data === undefined) return <div className="blank card tall" aria-label={text.loading} />;
  const open = groups.findIndex((group) => group.id === compared);
  const shown = groups[open];
  const step = (by: number) => {
    const next = groups[open + by];
    if (next !== undefined) onCompare(next.id);
  };
  return (
    <div ref={setPlace}>
      <ul className="groups" style={{ height: `${rows.getTotalSize()}px` }} aria-label={text.pages.duplicates}>
        {drawn.map((row) => {
          const group = groups[row.index];
          return group === undefined ? null : (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              style={{ transform: `translateY(${row.start - rows.options.scrollMargin}px)` }}
            >
              <GroupCard group={group} onCompare={() => onCompare(group.id)} />
            </li>
          );
        })}
      </ul>
      {shown === undefined ? null : (
        <CompareDialog
          key={shown.id}
          group={shown}
          onClose={() => onCompare(null)}
          onNext={() => step(1)}
          onPrevious={() => step(-1)}
        />
      )}
    </div>
  );
}
