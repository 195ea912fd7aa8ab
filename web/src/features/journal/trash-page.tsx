import { useMemo, useState } from "react";

import { Button } from "../../components/button";
import { UndoDialog } from "../../components/undo-dialog";
import type { Taken } from "../../components/undo-asked";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { useJobEnded } from "../../lib/use-jobs";
import { useTrash } from "./asked";
import { asItems, nobody, size, toggled, type Chosen } from "./chosen";
import { PurgeDialog } from "./purge-dialog";
import { TrashList } from "./trash-list";
import "./journal.css";

const words = text.trash;

/** What lies in the trash: put back by file or by act, or deleted for good after a typed word. */
export function TrashPage() {
  const trash = useTrash();
  const [chosen, setChosen] = useState<Chosen>(nobody);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [purging, setPurging] = useState(false);
  const items = useMemo(() => trash.data?.pages.flatMap((page) => page.items) ?? [], [trash.data]);
  const total = trash.data?.pages[0]?.total ?? null;
  const { refetch } = trash;
  useJobEnded(() => void refetch());
  const closed = () => {
    setTaken(null);
    setChosen(nobody);
  };
  return (
    <div className="stack journal">
      <div className="row apart">
        <div>
          <h1>{words.title}</h1>
          <p className="quiet">{total === null ? text.loading : words.lead(total.files, bytes(total.bytes))}</p>
        </div>
        {items.length === 0 ? null : <Button onPress={() => setPurging(true)}>{words.empty}</Button>}
      </div>
      {trash.error ? <Wrong error={trash.error} again={() => void refetch()} /> : null}
      {trash.isLoading ? <div className="blank card tall" role="status" aria-label={text.loading} /> : null}
      {trash.isSuccess && items.length === 0 ? (
        <div className="card stack">
          <p>{words.none}</p>
          <p className="quiet">{words.noneHint}</p>
        </div>
      ) : (
        <TrashList
          items={items}
          chosen={chosen}
          onToggle={(item) => setChosen((before) => toggled(before, item))}
          onPutBack={(act) => setTaken({ acts: [act] })}
          onNearEnd={() => {
            if (trash.hasNextPage && !trash.isFetchingNextPage) void trash.fetchNextPage();
          }}
        />
      )}
      <div className={chosen.size === 0 ? "unseen" : "card row apart chosen-bar"} role="status">
        {chosen.size === 0 ? null : (
          <>
            <span>{words.chosen(size(chosen))}</span>
            <span className="row">
              <Button kind="plain" onPress={() => setChosen(nobody)}>
                {words.clear}
              </Button>
              <Button kind="main" onPress={() => setTaken({ items: asItems(chosen) })}>
                {words.putBack}
              </Button>
            </span>
          </>
        )}
      </div>
      {taken === null ? null : <UndoDialog taken={taken} onClose={closed} />}
      {purging ? <PurgeDialog onClose={() => setPurging(false)} /> : null}
    </div>
  );
}
