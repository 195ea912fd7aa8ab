import type { ReactNode } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { count } from "../../lib/format";
import { MOST_FOUND } from "./asked";
import type { Points } from "./numbers";
import { SightList } from "./sight-list";
import type { Selection } from "./use-selection";

const words = text.map;

interface Props {
  readonly points: Points;
  readonly selection: Selection;
  readonly onOpen: (place: number) => void;
  readonly onLetGo: () => void;
  readonly children: ReactNode;
}

/** Beside the map: what its colours mean, and the pictures in sight, found or chosen. */
export function Panel({ points, selection, onOpen, onLetGo, children }: Props) {
  return (
    <aside className="map-panel" aria-label={words.list}>
      {children}
      <div className="row apart small">
        <p aria-live="polite">{said(selection)}</p>
        {selection.kind === "sight" ? null : <Button onPress={onLetGo}>{words.letGo}</Button>}
      </div>
      <SightList points={points} rows={selection.rows} onOpen={onOpen} />
    </aside>
  );
}

function said({ kind, rows, name }: Selection): string {
  if (kind === "found" && rows.length === MOST_FOUND) return words.first(count(MOST_FOUND));
  const number = words[kind](count(rows.length), rows.length === 1);
  return name === "" ? number : `${name}: ${number}`;
}
