import { useQueryClient } from "@tanstack/react-query";

import type { components } from "../api/schema.gen";
import { text } from "../config/text";
import { bytes } from "../lib/format";
import { isOpen, useJobEnded, type Job } from "../lib/use-jobs";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Outcome } from "./outcome";
import { Refusals } from "./refusals";
import { SteeredJob } from "./steered-job";
import { useBegun, useForesight, useRefusedOf, useTakeBack, type Taken } from "./undo-asked";
import { Wrong } from "./wrong";

const words = text.undoing;

interface Props {
  readonly taken: Taken;
  readonly onClose: () => void;
}

/** Shows what would come back and what could not, brings it back when told, and says what came of it. */
export function UndoDialog({ taken, onClose }: Props) {
  const seen = useForesight(taken);
  const undo = useTakeBack();
  const client = useQueryClient();
  const job = useBegun(undo.data?.job);
  useJobEnded((ended) => {
    if (ended.id === job?.id) void client.invalidateQueries();
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      {seen.error ? <Wrong error={seen.error} again={() => void seen.refetch()} /> : null}
      {seen.isLoading ? <p className="blank" role="status" aria-label={words.looking} /> : null}
      {seen.data && undo.data === undefined ? (
        <Seen seen={seen.data} isPending={undo.isPending} onPress={() => undo.mutate(taken)} />
      ) : null}
      {undo.error ? <Wrong error={undo.error} /> : null}
      {undo.data === undefined ? null : (
        <Outcome>{job === null ? <Reported reports={undo.data.reports} /> : <JobOf job={job} />}</Outcome>
      )}
    </Dialog>
  );
}

interface SeenProps {
  readonly seen: components["schemas"]["Foresight"];
  readonly isPending: boolean;
  readonly onPress: () => void;
}

function Seen({ seen, isPending, onPress }: SeenProps) {
  return (
    <>
      <p>{seen.possible === 0 ? words.nothing : words.possible(seen.possible, seen.bytes === 0 ? "" : bytes(seen.bytes))}</p>
      {seen.looked_at < seen.items ? <p className="small quiet">{words.sample(seen.looked_at, seen.items)}</p> : null}
      <Refusals says={words.impossible(seen.looked_at - seen.possible)} refused={seen.refused} />
      <div>
        <Button kind="main" isDisabled={isPending || seen.possible === 0} onPress={onPress}>
          {words.now}
        </Button>
      </div>
    </>
  );
}

function Reported({ reports }: { readonly reports: readonly components["schemas"]["ActReport"][] }) {
  const failed = reports.flatMap((report) => report.failed);
  return (
    <>
      <p>{words.done(reports.reduce((sum, report) => sum + report.done, 0))}</p>
      <Refusals says={words.failed(failed.length)} refused={failed} />
    </>
  );
}

function JobOf({ job }: { readonly job: Job }) {
  const { whole, refused } = useRefusedOf(job);
  if (isOpen(job)) return <SteeredJob job={job} />;
  const undone: unknown = whole?.["undone"];
  return (
    <>
      {job.error ? <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} /> : null}
      {typeof undone === "number" ? <p>{words.done(undone)}</p> : <SteeredJob job={job} />}
      <Refusals says={words.failed(refused.length)} refused={refused} />
    </>
  );
}
