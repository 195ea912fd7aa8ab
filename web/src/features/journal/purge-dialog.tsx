import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { Dialog } from "../../components/dialog";
import { Outcome } from "../../components/outcome";
import { Refusals } from "../../components/refusals";
import { SteeredJob } from "../../components/steered-job";
import { useBegun, useRefusedOf } from "../../components/undo-asked";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { isOpen, useJobEnded, type Job } from "../../lib/use-jobs";
import { usePurge, usePurgeForesight } from "./asked";

const words = text.trash;

const DAY = 86_400;
const days = { all: 0, week: 7, month: 30, quarter: 90 } as const;
type Age = keyof typeof days;

/** What lies in the trash is deleted for good: shown first, and only after a word was typed. */
export function PurgeDialog({ onClose }: { readonly onClose: () => void }) {
  // What comes into the trash while this is open was not shown, and stays.
  const [now] = useState(() => Date.now() / 1000);
  const [age, setAge] = useState<Age>("month");
  const purge = usePurge();
  const client = useQueryClient();
  const job = useBegun(purge.data?.job);
  useJobEnded((ended) => {
    if (ended.id === job?.id) void client.invalidateQueries();
  });
  const report = purge.data?.report ?? null;
  return (
    <Dialog title={words.emptyTitle} onClose={onClose}>
      {purge.data === undefined ? (
        <>
          <Choice
            label={words.which}
            value={age}
            onChange={setAge}
            options={(Object.keys(days) as Age[]).map((value) => ({ value, label: words.ages[value] }))}
          />
          <Confirmed
            key={age}
            before={now - days[age] * DAY}
            isPending={purge.isPending}
            onConfirm={() => purge.mutate(now - days[age] * DAY)}
          />
        </>
      ) : null}
      {purge.error ? <Wrong error={purge.error} /> : null}
      {purge.data === undefined ? null : (
        <Outcome>
          {report === null ? null : (
            <>
              <p>{words.deleted(report.done, bytes(report.bytes))}</p>
              <Refusals says={words.stays(report.failed.length)} refused={report.failed} />
            </>
          )}
          {job === null ? null : <PurgeJob job={job} />}
        </Outcome>
      )}
    </Dialog>
  );
}

interface ConfirmedProps {
  readonly before: number;
  readonly isPending: boolean;
  readonly onConfirm: () => void;
}

function Confirmed({ before, isPending, onConfirm }: ConfirmedProps) {
  const seen = usePurgeForesight(before);
  const [typed, setTyped] = useState("");
  if (seen.error) return <Wrong error={seen.error} again={() => void seen.refetch()} />;
  if (seen.data === undefined) return <p className="blank" role="status" aria-label={words.looking} />;
  const { items, looked_at, possible, bytes: size, refused } = seen.data.foresight;
  if (possible === 0 && refused.length === 0) return <p>{words.nothingToDelete}</p>;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim().toLowerCase() === words.word) onConfirm();
      }}
    >
      <p>
        <strong>{words.wouldDelete(possible, bytes(size))}</strong>
      </p>
      {looked_at < items ? <p className="small quiet">{words.atLeast(looked_at, items)}</p> : null}
      <Refusals says={words.stays(looked_at - possible)} refused={refused} />
      <label className="stack typed">
        <span>{words.type(words.word)}</span>
        <input
          className="button"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </label>
      <div>
        <Button kind="main" isDisabled={isPending || possible === 0 || typed.trim().toLowerCase() !== words.word} onPress={onConfirm}>
          {words.deleteNow}
        </Button>
      </div>
    </form>
  );
}

function PurgeJob({ job }: { readonly job: Job }) {
  const { whole, refused } = useRefusedOf(job);
  if (isOpen(job)) return <SteeredJob job={job} />;
  const [deleted, freed]: unknown[] = [whole?.["deleted"], whole?.["freed"]];
  return (
    <>
      {job.error ? <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} /> : <SteeredJob job={job} />}
      {typeof deleted === "number" && typeof freed === "number" ? <p>{words.deleted(deleted, bytes(freed))}</p> : null}
      <Refusals says={words.stays(refused.length)} refused={refused} />
    </>
  );
}
