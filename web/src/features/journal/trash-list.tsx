import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useMemo, useState } from "react";

import { Button } from "../../components/button";
import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { bytes, folderOf, moment, nameOf } from "../../lib/format";
import type { TrashItem } from "./asked";
import { isChosen, withHeadings, type Chosen } from "./chosen";
import { actorOf } from "./sentence";

const words = text.trash;

/** Heights of a row that was not drawn yet, pixels, and rows from the end at which more is asked for. */
const HEADING = 56;
const FILE = 84;
const AHEAD = 30;

interface Props {
  readonly items: readonly TrashItem[];
  readonly chosen: Chosen;
  readonly onToggle: (item: TrashItem) => void;
  readonly onPutBack: (act: string) => void;
  readonly onNearEnd: () => void;
}

/** Files in the trash below the act that let them go; only those in sight are drawn. */
export function TrashList({ items, chosen, onToggle, onPutBack, onNearEnd }: Props) {
  const all = useMemo(() => withHeadings(items), [items]);
  const [place, setPlace] = useState<HTMLUListElement | null>(null);
  const rows = useWindowVirtualizer({
    count: all.length,
    estimateSize: (index) => (all[index]?.item === null ? HEADING : FILE),
    overscan: 8,
    scrollMargin: place?.offsetTop ?? 0,
    getItemKey: (index) => keyOf(all[index], index),
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const near = useEffectEvent(onNearEnd);
  useEffect(() => {
    if (all.length > 0 && last >= all.length - AHEAD) near();
  }, [last, all.length]);
  return (
    <ul ref={setPlace} className="trashed" style={{ height: `${rows.getTotalSize()}px` }} aria-label={words.list}>
      {drawn.map((drawnRow) => {
        const row = all[drawnRow.index];
        return row === undefined ? null : (
          <li
            key={drawnRow.key}
            ref={rows.measureElement}
            data-index={drawnRow.index}
            style={{ transform: `translateY(${drawnRow.start - rows.options.scrollMargin}px)` }}
          >
            {row.item === null ? (
              <Heading first={row.first} onPutBack={() => onPutBack(row.act)} />
            ) : (
              <File item={row.item} isChosen={isChosen(chosen, row.item)} onToggle={() => onToggle(row.item)} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

const keyOf = (row: ReturnType<typeof withHeadings<TrashItem>>[number] | undefined, index: number) => {
  if (row === undefined) return index;
  return row.item === null ? row.act : `${row.item.act}.${row.item.item}`;
};

function Heading({ first, onPutBack }: { readonly first: TrashItem; readonly onPutBack: () => void }) {
  return (
    <div className="row apart trashed-heading">
      <h2>
        {moment(first.at)} <small className="quiet">{actorOf(first.actor)}</small>
      </h2>
      <Button kind="plain" onPress={onPutBack} label={`${words.putAllBack} ${moment(first.at)}`}>
        {words.putAllBack}
      </Button>
    </div>
  );
}

interface FileProps {
  readonly item: TrashItem;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}

function File({ item, isChosen: chosen, onToggle }: FileProps) {
  const linked = words.linked[item.verb];
  return (
    <label className={chosen ? "trashed-file is-chosen" : "trashed-file"}>
      <input type="checkbox" checked={chosen} onChange={onToggle} aria-label={words.choose(nameOf(item.path))} />
      <Thumbnail sha256={item.sha256} alt="" />
      <span className="small">
        <strong className="wrap">{nameOf(item.path)}</strong> <span className="quiet">{bytes(item.bytes)}</span>
        <span className="quiet wrap">{folderOf(item.path)}</span>
        <span className="quiet">
          {item.why}
          {linked === undefined ? "" : ` (${linked})`}
        </span>
      </span>
    </label>
  );
}
