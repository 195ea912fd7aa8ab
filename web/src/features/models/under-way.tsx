import { Button } from "../../components/button";
import { Meter } from "../../components/meter";
import { Progress } from "../../components/progress";
import { text } from "../../config/text";
import { bytes, duration } from "../../lib/format";
import { isOpen, useLiveJob, type Job } from "../../lib/use-jobs";
import { useAct } from "./asked";

/** How far a download, a measurement or the building of an index is, and the way to end it. */
export function UnderWay({ name }: { readonly name: string }) {
  const job = useLiveJob(name);
  const act = useAct();
  if (job === undefined) return <div className="blank" />;
  if (!isOpen(job)) return null;
  return (
    <div className="under-way">
      {job["unit"] === "bytes" ? <Download job={job} /> : <Progress job={job} />}
      <Button isDisabled={act.isPending} onPress={() => act.mutate({ act: "cancel", job: name })}>
        {text.models.cancel}
      </Button>
    </div>
  );
}

/** The same as the progress of other jobs, counted in bytes. */
function Download({ job }: { readonly job: Job }) {
  const of = job.total === null ? "" : `${bytes(job.done)} / ${bytes(job.total)}`;
  const left = job.remaining_seconds === null ? "" : ` · ${text.work.remaining(duration(job.remaining_seconds))}`;
  return (
    <div className="stack" style={{ gap: "0.4rem" }}>
      <div className="row apart small">
        <span>{job.phase}</span>
        <span className="quiet">
          {of}
          {job.rate > 0 ? ` · ${text.work.rate(bytes(Math.round(job.rate)))}` : ""}
          {left}
        </span>
      </div>
      <Meter label={job.phase} done={job.done} total={job.total} />
    </div>
  );
}
