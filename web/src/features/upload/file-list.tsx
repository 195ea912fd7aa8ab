import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { Meter } from "../../components/meter";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import type { Item, State, Totals } from "./queue";
import { queue } from "./store";

const words = text.adding;

/** Pixels of a row until it was measured. */
const ROW = 46;

/** The files, of which only those in sight are drawn; all of them, or those that were refused. */
export function FileList({ totals }: { readonly totals: Totals }) {
  const [shown, setShown] = useState<"all" | "refused">("all");
  const box = useRef<HTMLDivElement>(null);
  const refused = shown === "refused" && totals.troubled > 0;
  // The library's result cannot be kept over renders, which is what is wanted here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: refused ? totals.troubled : totals.files,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  return (
    <>
      {totals.troubled === 0 ? null : (
        <Choice
          label={words.show.label}
          hideLabel
          value={shown}
          onChange={setShown}
          options={[
            { value: "all", label: words.show.all },
            { value: "refused", label: words.show.refused(totals.troubled) },
          ]}
        />
      )}
      <div ref={box} className="adding-files" tabIndex={0} role="group" aria-label={words.list}>
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const item = refused ? queue.troubled(index) : queue.item(index);
            return item === undefined ? null : (
              <li
                key={key}
                data-index={index}
                ref={rows.measureElement}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row item={item} />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}

const signs: Readonly<Record<State, string>> = {
  waiting: "·",
  sending: "↑",
  trying: "↻",
  added: "✓",
  known: "=",
  refused: "✕",
  cancelled: "–",
};

function Row({ item }: { readonly item: Item }) {
  const { file, state } = item;
  const isOpen = state === "waiting" || state === "sending" || state === "trying";
  return (
    <div className={`adding-file ${state}`}>
      <span className="sign" aria-hidden="true">
        {signs[state]}
      </span>
      <span className="name" title={file.name}>
        {file.name}
      </span>
      <span className="small quiet size">{bytes(file.size)}</span>
      {isOpen ? (
        <Button kind="plain" onPress={() => queue.cancel(item.id)} label={words.acts.cancelOf(file.name)}>
          ✕
        </Button>
      ) : state === "refused" || state === "cancelled" ? (
        <Button kind="plain" onPress={() => queue.retry(item.id)} label={words.acts.retryOf(file.name)}>
          ↻
        </Button>
      ) : (
        <span />
      )}
      {state === "sending" ? (
        <Meter label={file.name} done={item.sent} total={Math.max(1, file.size)} />
      ) : (
        <span className="small quiet why">{item.why || words.states[state]}</span>
      )}
    </div>
  );
}
