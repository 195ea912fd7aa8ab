import { useState } from "react";

import { Button } from "../../components/button";
import { UndoDialog } from "../../components/undo-dialog";
import { text } from "../../config/text";
import { bytes, moment } from "../../lib/format";
import type { Act } from "./asked";
import { actorOf, sentenceOf } from "./sentence";

const words = text.journal;

interface Props {
  readonly act: Act;
  readonly onOpen: () => void;
}

/** One act: what it did, when and by whom, how it stands, and the way to take it back. */
export function ActCard({ act, onOpen }: Props) {
  const [undoing, setUndoing] = useState(false);
  return (
    <article className="card row apart" aria-label={sentenceOf(act)}>
      <div>
        <p>
          <strong className={act.standing === 0 && act.undone > 0 ? "quiet" : ""}>{sentenceOf(act)}</strong> <ActState act={act} />
        </p>
        <p className="small quiet">
          <time dateTime={new Date(act.at * 1000).toISOString()}>{moment(act.at)}</time> {actorOf(act.actor)}
          {act.bytes > 0 ? ` · ${bytes(act.bytes)}` : ""}
        </p>
      </div>
      <div className="row">
        <Button onPress={onOpen} label={`${words.open}: ${sentenceOf(act)}`}>
          {words.open}
        </Button>
        {act.standing > 0 && act.closed ? (
          <Button onPress={() => setUndoing(true)} label={`${words.takeBack} ${sentenceOf(act)}`}>
            {words.takeBack}
          </Button>
        ) : null}
      </div>
      {undoing ? <UndoDialog taken={{ acts: [act.id] }} onClose={() => setUndoing(false)} /> : null}
    </article>
  );
}

/** What became of an act since, in badges; nothing where all of it stands. */
export function ActState({ act }: { readonly act: Act }) {
  const { state } = words;
  const undone = act.undone > 0 && act.undone >= act.done - act.emptied ? state.undone : state.partly(act.undone, act.done);
  return (
    <>
      {act.closed ? null : <span className="badge">{words.running}</span>}
      {act.undone > 0 ? <span className="badge good">{undone}</span> : null}{" "}
      {act.emptied > 0 ? <span className="badge">{state.emptied(act.emptied)}</span> : null}{" "}
      {act.failed > 0 ? <span className="badge bad">{state.failed(act.failed)}</span> : null}
    </>
  );
}
