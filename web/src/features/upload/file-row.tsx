import { memo } from "react";

import { Meter } from "../../components/meter";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import type { Item, State } from "./item";
import { queue } from "./store";

const words = text.adding;

const signs: Readonly<Record<State, string>> = {
  waiting: "·",
  sending: "↑",
  trying: "↻",
  added: "✓",
  known: "=",
  refused: "✕",
  cancelled: "–",
};

/** One file: how it stands, why it is not there, and what can be done about it. */
export const FileRow = memo(function FileRow({ item }: { readonly item: Item }) {
  const { file, state, why } = item;
  const said = why || words.states[state];
  return (
    <div className="adding-file" data-state={state}>
      <span className="sign" aria-hidden="true">
        {signs[state]}
      </span>
      <span className="name" title={file.name}>
        {file.name}
      </span>
      <span className="small quiet size">{bytes(file.size)}</span>
      <Act item={item} />
      {state === "sending" ? (
        <Meter label={file.name} done={item.sent} total={Math.max(1, file.size)} />
      ) : (
        <span className="small quiet why" title={said}>
          {said}
        </span>
      )}
    </div>
  );
});

function Act({ item: { id, file, state } }: { readonly item: Item }) {
  if (state === "added" || state === "known") return <span />;
  const again = state === "refused" || state === "cancelled";
  return (
    <button
      className="button plain"
      aria-label={again ? words.acts.retryOf(file.name) : words.acts.cancelOf(file.name)}
      onClick={() => (again ? queue.retry(id) : queue.cancel(id))}
    >
      {again ? signs.trying : signs.refused}
    </button>
  );
}
