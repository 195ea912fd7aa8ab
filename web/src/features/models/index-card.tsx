import { useState } from "react";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, count } from "../../lib/format";
import { useLiveJobs, isOpen } from "../../lib/use-jobs";
import { useAct, type Act, type Index } from "./asked";
import { CompareDialog } from "./compare-dialog";
import { Confirm } from "./confirm";
import { UnderWay } from "./under-way";

const words = text.models;

/** The index of one model: what is in it, and making it answer, or letting it go. */
export function IndexCard({ index }: { readonly index: Index }) {
  const act = useAct();
  const [asking, setAsking] = useState<"use" | "drop" | "compare" | null>(null);
  const building = useBuilding(index);
  const doIt = (asked: Act) => act.mutate(asked);
  const isAnswering = index.state === "answering";
  const state = { answering: words.answers, before: words.before, beside: words.beside }[index.state];
  return (
    <article className="card stack index" aria-labelledby={`index-${index.name}`}>
      <div className="row apart">
        <h3 id={`index-${index.name}`}>{index.model}</h3>
        <span className={isAnswering ? "badge good" : "badge"}>{state}</span>
      </div>
      <p className="small">
        {index.lacking === 0
          ? words.complete(count(index.indexed))
          : words.incomplete(count(index.indexed), count(index.assets))}
        {" · "}
        {bytes(index.bytes)}
        {index.refused === 0 ? "" : ` · ${words.refused(count(index.refused))}`}
      </p>
      {act.error === null ? null : <Wrong error={act.error} />}
      {building === undefined ? null : <UnderWay name={building.id} />}
      <div className="row">
        {index.lacking > 0 && building === undefined ? (
          <Button isDisabled={act.isPending} onPress={() => doIt({ act: "build", model: `${index.model}@${index.revision}` })}>
            {words.finish}
          </Button>
        ) : null}
        {isAnswering ? null : (
          <>
            <Button
              kind={index.lacking === 0 ? "main" : "ordinary"}
              isDisabled={act.isPending}
              onPress={() => setAsking("use")}
            >
              {index.state === "before" ? words.back : words.use}
            </Button>
            <Button onPress={() => setAsking("compare")}>{words.compare}</Button>
            <Button isDisabled={act.isPending || building !== undefined} onPress={() => setAsking("drop")}>
              {words.drop}
            </Button>
          </>
        )}
      </div>
      {asking === "compare" ? <CompareDialog index={index} onClose={() => setAsking(null)} /> : null}
      {asking === "use" || asking === "drop" ? (
        <Asking asking={asking} index={index} onDo={doIt} onClose={() => setAsking(null)} />
      ) : null}
    </article>
  );
}

/** The job that builds an index, while there is one. */
function useBuilding({ model, name }: Index) {
  return [...useLiveJobs().jobs.values()].find(
    (job) => job.kind === "index" && isOpen(job) && (job["index"] === name || String(job["model"]).split("@")[0] === model),
  );
}

interface AskingProps {
  readonly asking: "use" | "drop";
  readonly index: Index;
  readonly onDo: (asked: Act) => void;
  readonly onClose: () => void;
}

function Asking({ asking, index, onDo, onClose }: AskingProps) {
  if (asking === "drop")
    return (
      <Confirm
        title={words.dropping.title(index.model)}
        yes={words.dropping.yes}
        onYes={() => onDo({ act: "drop", index: index.name })}
        onClose={onClose}
      >
        <p>{words.dropping.cost(bytes(index.bytes))}</p>
      </Confirm>
    );
  const lacks = index.lacking > 0;
  return (
    <Confirm
      title={words.using.title(index.model)}
      yes={lacks ? words.using.anyway : words.using.yes}
      onYes={() => onDo({ act: "use", index: index.name, incomplete: lacks })}
      onClose={onClose}
    >
      <p>{words.using.cost}</p>
      {lacks ? <p className="is-bad">{words.using.lacking(count(index.lacking))}</p> : null}
      <p className="quiet">{words.using.back}</p>
    </Confirm>
  );
}
