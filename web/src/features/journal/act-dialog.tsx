import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { UndoDialog } from "../../components/undo-dialog";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { moment } from "../../lib/format";
import { ActState } from "./act-card";
import { ActItems } from "./act-items";
import { useAct, type Act } from "./asked";
import { actorOf, changedActs, sentenceOf } from "./sentence";

const words = text.journal;

interface Props {
  readonly name: string;
  readonly onClose: () => void;
}

/** One act opened: its files with their evidence and how each stands now. */
export function ActDialog({ name, onClose }: Props) {
  const act = useAct(name);
  return (
    <Dialog title={act.data === undefined ? words.title : words.act(moment(act.data.at))} onClose={onClose}>
      {act.error ? <Wrong error={act.error} again={() => void act.refetch()} /> : null}
      {act.isLoading ? <p className="blank" role="status" aria-label={text.loading} /> : null}
      {act.data === undefined ? null : <Opened act={act.data} />}
    </Dialog>
  );
}

function Opened({ act }: { readonly act: Act }) {
  const [undoing, setUndoing] = useState(false);
  const changed = changedActs(act.detail);
  return (
    <>
      <div className="row apart">
        <p>
          {sentenceOf(act)} <span className="quiet">{actorOf(act.actor)}</span> <ActState act={act} />
        </p>
        {act.standing > 0 && act.closed ? <Button onPress={() => setUndoing(true)}>{words.takeBack}</Button> : null}
      </div>
      {act.verb === "resolve" ? <ActItems act={act.id} /> : null}
      {changed.length === 0 ? null : (
        <div>
          <p>{words.itemsOf(changed.length)}</p>
          <ul className="changed-acts">
            {changed.map((each) => (
              <li key={each}>
                <Link to="/journal" search={{ act: each }}>
                  {each}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {undoing ? <UndoDialog taken={{ acts: [act.id] }} onClose={() => setUndoing(false)} /> : null}
    </>
  );
}
