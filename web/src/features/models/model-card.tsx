import { useState } from "react";

import { Button } from "../../components/button";
import { Said } from "../../components/said";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, count, duration } from "../../lib/format";
import { useAct, type Model, type Shelf } from "./asked";
import { Confirm } from "./confirm";
import { diskOf, secondsOf } from "./cost";
import { Facts } from "./facts";
import { UnderWay } from "./under-way";

const words = text.models;

export interface CardProps {
  readonly model: Model;
  readonly shelf: Shelf;
  /** Pictures of the library. */
  readonly pictures: number;
  /** Whether an index of it answers searches, and whether there is one. */
  readonly answers: boolean;
  readonly isIndexed: boolean;
  readonly error: Error | null;
}

/** One model: what it is, what it takes, and what can be done with it. */
export function ModelCard({ model, shelf, pictures, answers, isIndexed, error }: CardProps) {
  const act = useAct();
  const [asking, setAsking] = useState<"pull" | "remove" | "build" | null>(null);
  const shown = act.error ?? error;
  return (
    <article className="card stack model" aria-labelledby={`model-${model.name}`}>
      <div className="row apart">
        <h3 id={`model-${model.name}`}>{model.name}</h3>
        <Badges model={model} answers={answers} />
      </div>
      {model.about === "" ? null : <p>{model.about}</p>}
      <Facts model={model} pictures={pictures} />
      {model.extra === "" ? null : (
        <p className="small quiet">
          <Said>{words.extra(model.extra)}</Said>
        </p>
      )}
      {model.failure === "" ? null : <Wrong error={new Error(model.failure)} />}
      {shown === null ? null : <Wrong error={shown} />}
      {model.job === null ? null : <UnderWay name={model.job} />}
      <Acts
        {...{ model, shelf, answers, isIndexed }}
        isPending={act.isPending || model.job !== null}
        onAct={(name) => act.mutate({ act: name, model: model.name })}
        onAsk={setAsking}
      />
      {asking === null ? null : (
        <Asking
          {...{ asking, model, shelf, pictures }}
          onYes={() => act.mutate({ act: asking, model: model.name })}
          onClose={() => setAsking(null)}
        />
      )}
    </article>
  );
}

function Badges({ model, answers }: Pick<CardProps, "model" | "answers">) {
  const tone = { ready: "good", failed: "bad", failing: "bad" } as Readonly<Record<string, string>>;
  return (
    <div className="row badges">
      {answers ? <span className="badge good">{words.answers}</span> : null}
      {model.is_recommended ? <span className="badge">{words.recommended}</span> : null}
      <span className="badge">{words.states[model.state]}</span>
      {model.served === null || model.state === "available" ? null : (
        <span className={`badge ${tone[model.served] ?? ""}`}>{words.served[model.served]}</span>
      )}
    </div>
  );
}

interface ActsProps extends Pick<CardProps, "model" | "shelf" | "answers" | "isIndexed"> {
  readonly isPending: boolean;
  readonly onAct: (act: "measure" | "load" | "unload") => void;
  readonly onAsk: (act: "pull" | "remove" | "build") => void;
}

function Acts({ model, shelf, answers, isIndexed, isPending, onAct, onAsk }: ActsProps) {
  if (model.state === "available")
    return (
      <div className="row acts">
        <Button kind={model.is_recommended ? "main" : "ordinary"} isDisabled={isPending} onPress={() => onAsk("pull")}>
          {words.pull}
        </Button>
      </div>
    );
  const isAway = shelf.inference.state !== "answering" || model.served === null;
  const isLoaded = model.served === "ready";
  return (
    <div className="row acts">
      {model.tasks.includes("image-embedding") && !isIndexed ? (
        <Button isDisabled={isPending} onPress={() => onAsk("build")}>
          {words.build}
        </Button>
      ) : null}
      <Button isDisabled={isPending || isAway} onPress={() => onAct("measure")}>
        {model.measured === null ? words.measure : words.measureAgain}
      </Button>
      <Button isDisabled={isPending || isAway} onPress={() => onAct(isLoaded ? "unload" : "load")}>
        {isLoaded ? words.unload : words.load}
      </Button>
      {model.state === "installed" && !answers ? (
        <Button isDisabled={isPending} onPress={() => onAsk("remove")}>
          {words.remove}
        </Button>
      ) : null}
    </div>
  );
}

interface AskingProps extends Pick<CardProps, "model" | "shelf" | "pictures"> {
  readonly asking: "pull" | "remove" | "build";
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** What it costs, before it is done. */
function Asking({ asking, model, shelf, pictures, onYes, onClose }: AskingProps) {
  const said = { pull: words.pulling, remove: words.removing, build: words.building }[asking];
  return (
    <Confirm title={said.title(model.name)} yes={said.yes} onYes={onYes} onClose={onClose}>
      {asking === "pull" ? (
        <>
          <p>{words.pulling.cost(bytes(model.bytes), shelf.hub)}</p>
          {model.bytes > shelf.free_bytes ? <p className="is-bad">{words.pulling.short(bytes(shelf.free_bytes))}</p> : null}
        </>
      ) : null}
      {asking === "remove" ? <p>{words.removing.cost(bytes(model.bytes))}</p> : null}
      {asking === "build" ? <Building model={model} pictures={pictures} /> : null}
    </Confirm>
  );
}

export function Building({ model, pictures }: Pick<CardProps, "model" | "pictures">) {
  const seconds = secondsOf(pictures, model.measured);
  return (
    <>
      <p>{words.building.cost(count(pictures), bytes(diskOf(pictures, model.dimensions)))}</p>
      <p>{seconds === null ? words.building.noTime : words.building.time(duration(Math.max(1, seconds)))}</p>
      <p className="quiet">{words.building.meanwhile}</p>
    </>
  );
}
