import { useState } from "react";

import type { components } from "../../api/schema.gen";
import { Button } from "../button";
import { Refusals } from "../refusals";
import { SteeredJob } from "../steered-job";
import { useRefusedOf } from "../undo-asked";
import { UndoDialog } from "../undo-dialog";
import { Wrong } from "../wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import { isOpen, type Job } from "../../lib/use-jobs";

const words = text.resolving;

interface Props {
  readonly report: components["schemas"]["ActReport"] | null;
  readonly job: Job | null;
}

/** What became of a plan, or how far its job is; all of it can be taken back. */
export function PlanResult({ report, job }: Props) {
  if (report !== null)
    return <Reported done={report.done} size={report.bytes} acts={[report.act]} refused={report.failed} />;
  return job === null ? null : <JobResult job={job} />;
}

function JobResult({ job }: { readonly job: Job }) {
  const { whole, refused } = useRefusedOf(job);
  if (isOpen(job)) return <SteeredJob job={job} />;
  const [done, size, acts]: unknown[] = [whole?.["resolved"], whole?.["freed"], whole?.["acts"]];
  return (
    <>
      {job.error ? <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} /> : <SteeredJob job={job} />}
      {typeof done === "number" && typeof size === "number" && Array.isArray(acts) ? (
        <Reported done={done} size={size} acts={acts as string[]} refused={refused} />
      ) : null}
    </>
  );
}

interface ReportedProps {
  readonly done: number;
  readonly size: number;
  readonly acts: readonly string[];
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

function Reported({ done, size, acts, refused }: ReportedProps) {
  const [undoing, setUndoing] = useState(false);
  return (
    <>
      <div className="row apart">
        <p>
          <strong>{words.done(done, bytes(size))}</strong>
        </p>
        {done === 0 || undoing ? null : <Button onPress={() => setUndoing(true)}>{words.undo}</Button>}
      </div>
      <Refusals says={words.refused(refused.length)} refused={refused} />
      {undoing ? <UndoDialog taken={{ acts }} onClose={() => setUndoing(false)} /> : null}
    </>
  );
}
