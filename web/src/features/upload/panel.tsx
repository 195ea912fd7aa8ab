import { Link } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Button } from "../../components/button";
import { Meter } from "../../components/meter";
import { text } from "../../config/text";
import { bytes, duration } from "../../lib/format";
import { FileList } from "./file-list";
import { isRunning, type Totals } from "./item";
import { queue, useTotals } from "./store";

const words = text.adding;

/** What is being added: how far all of it is, what was refused and why, and what can be done about it. */
export function Panel({ reading, told }: { readonly reading: boolean; readonly told: string | null }) {
  const totals = useTotals();
  const [open, setOpen] = useState(hasRoom);
  const running = isRunning(totals) || reading;
  const client = useQueryClient();
  useEffect(() => {
    if (!running) void client.invalidateQueries({ queryKey: ["folders"] });
  }, [running, client]);
  return (
    <section className="card adding-panel" aria-label={words.region}>
      <div className="row apart">
        <h2>{titleOf(totals, running)}</h2>
        <span className="row">
          <Button kind="plain" onPress={() => setOpen(!open)} label={open ? words.acts.fold : words.acts.unfold}>
            {open ? "▾" : "▴"}
          </Button>
          {running ? null : (
            <Button kind="plain" onPress={() => queue.clear()} label={words.acts.close}>
              ✕
            </Button>
          )}
        </span>
      </div>
      {running ? <Advance totals={totals} /> : null}
      {totals.held === null ? null : (
        <p className="small adding-held" role="alert">
          {totals.held}
        </p>
      )}
      {told === null ? null : <p className="small">{told}</p>}
      <p className="small" aria-live="polite">
        {running ? (reading ? words.reading : "") : resultOf(totals)}
      </p>
      <p className="unseen" aria-live="polite">
        {running ? words.begun(totals.files) : ""}
      </p>
      {open ? <FileList totals={totals} /> : null}
      <Acts totals={totals} running={running} />
    </section>
  );
}

function Advance({ totals }: { readonly totals: Totals }) {
  const share = totals.bytes === 0 ? 0 : totals.sent / totals.bytes;
  const took = totals.seconds;
  return (
    <>
      <Meter label={words.region} done={totals.sent} total={totals.bytes} />
      <p className="row apart small quiet">
        <span>{words.sizes(bytes(totals.sent), bytes(totals.bytes))}</span>
        <span>{took > 3 && share > 0.01 ? words.remaining(duration((took * (1 - share)) / share)) : ""}</span>
      </p>
    </>
  );
}

function Acts({ totals, running }: { readonly totals: Totals; readonly running: boolean }) {
  return (
    <div className="row">
      {totals.held === null ? null : (
        <Button kind="main" onPress={() => queue.goOn()}>
          {words.acts.goOn}
        </Button>
      )}
      {running || totals.held !== null ? (
        <Button onPress={() => queue.stop()}>{words.acts.cancelAll}</Button>
      ) : null}
      {!running && totals.counts.refused > 0 ? (
        <Button onPress={() => queue.retryRefused()}>{words.acts.retryAll}</Button>
      ) : null}
      {!running && totals.counts.added > 0 ? (
        <Link to="/library" className="button">
          {words.acts.look}
        </Link>
      ) : null}
    </div>
  );
}

function titleOf({ counts, files, held }: Totals, running: boolean): string {
  const open = counts.waiting + counts.sending + counts.trying;
  if (running) return words.titles.running(files - open, files);
  return held === null ? words.titles.ended : words.titles.held;
}

function resultOf({ counts }: Totals): string {
  const said = (["added", "known", "refused", "cancelled"] as const).flatMap((state) =>
    counts[state] === 0 ? [] : [words.outcomes[state](counts[state])],
  );
  const sentence = said.length === 0 ? words.outcomes.nothing : `${said.join(", ")}.`;
  return counts.added > 0 ? `${sentence} ${words.soon}` : sentence;
}

/** Whether the files can be shown without hiding most of the page. */
const hasRoom = () => window.matchMedia("(min-width: 40rem)").matches;
