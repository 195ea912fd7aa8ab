import { useNavigate, useSearch } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useJobEnded } from "../../lib/use-jobs";
import { ActCard } from "./act-card";
import { ActDialog } from "./act-dialog";
import { useActs } from "./asked";
import "./journal.css";

const words = text.journal;

/** Every act, newest first; each opens to its files, and what still stands can be taken back. */
export function JournalPage() {
  const navigate = useNavigate();
  const { act } = useSearch({ from: "/journal" });
  const acts = useActs();
  const { refetch } = acts;
  useJobEnded(() => void refetch());
  const listed = acts.data?.pages.flat() ?? [];
  const open = (name: string | null) => void navigate({ to: "/journal", search: name === null ? {} : { act: name } });
  return (
    <div className="stack journal">
      <div>
        <h1>{words.title}</h1>
        <p className="quiet">{words.lead}</p>
      </div>
      {acts.error ? <Wrong error={acts.error} again={() => void refetch()} /> : null}
      {acts.isLoading ? <div className="blank card tall" role="status" aria-label={text.loading} /> : null}
      {acts.isSuccess && listed.length === 0 ? <p className="card">{words.none}</p> : null}
      <ol className="journal-acts">
        {listed.map((each) => (
          <li key={each.id}>
            <ActCard act={each} onOpen={() => open(each.id)} />
          </li>
        ))}
      </ol>
      {acts.hasNextPage ? (
        <div>
          <Button isDisabled={acts.isFetchingNextPage} onPress={() => void acts.fetchNextPage()}>
            {words.older}
          </Button>
        </div>
      ) : null}
      {act === undefined ? null : <ActDialog key={act} name={act} onClose={() => open(null)} />}
    </div>
  );
}
