import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { count, duration, moment } from "../../lib/format";
import { useFollowed } from "../../lib/use-followed";
import { isOpen, useSteer, type Act, type Job } from "./asked";

const words = text.work;

/** What can be done to a job in each state. */
const possible: Readonly<Record<Job["state"], readonly Act[]>> = {
  queued: ["cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  succeeded: [],
  failed: ["retry"],
  cancelled: ["retry"],
};

/** One job: how far it is or what came of it, and what can be done to it. */
export function JobCard({ job }: { readonly job: Job }) {
  const steer = useSteer();
  const followed = useFollowed(job.state === "running" ? `/api/v1/jobs/${job.id}/events` : null);
  const shown = isOpen(job) && followed.state !== null && !followed.ended ? { ...job, ...followed.state } : job;
  const refused = refusedOf(job);
  const acts = job.failed > 0 && job.state === "succeeded" ? (["retry"] as const) : possible[job.state];
  return (
    <article className="card stack" aria-label={`${job.kind} ${job.id}`}>
      <div className="row apart">
        <p>
          <strong>{words.kinds[job.kind] ?? job.kind}</strong>{" "}
          <span className={`badge ${tone[job.state]}`}>{words.states[job.state]}</span>{" "}
          <span className="quiet small">{moment(job.created_at)}</span>
        </p>
        <div className="row">
          {acts.map((act) => (
            <Button key={act} isDisabled={steer.isPending} onPress={() => steer.mutate({ name: job.id, act })}>
              {words.acts[act]}
            </Button>
          ))}
        </div>
      </div>
      {isOpen(job) ? <Progress job={shown} /> : <Outcome job={job} />}
      {job.waiting_for === null ? null : <p className="small">{job.waiting_for}</p>}
      {job.error === null ? null : <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} />}
      {steer.error ? <Wrong error={steer.error} /> : null}
      {refused.length === 0 ? null : (
        <details>
          <summary>{`${count(refused.length)} ${words.refused}`}</summary>
          <ul className="small refused">
            {refused.map((item) => (
              <li key={item.path}>
                <span className="badge bad">{item.reason}</span> <span className="wrap">{item.path}</span>
                <div className="quiet">{item.detail}</div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}

const tone: Readonly<Record<Job["state"], string>> = {
  queued: "",
  running: "",
  paused: "",
  succeeded: "good",
  failed: "bad",
  cancelled: "",
};

function Outcome({ job }: { readonly job: Job }) {
  if (job.started_at === null || job.finished_at === null) return null;
  return (
    <p className="small quiet">
      {count(job.done)} {words.items}, {duration(job.finished_at - job.started_at)}
    </p>
  );
}

interface Refused {
  readonly path: string;
  readonly reason: string;
  readonly detail: string;
}

/** What a scan or an ingestion refused, as far as the job says. */
function refusedOf(job: Job): readonly Refused[] {
  const scan: unknown = job["scan"] ?? job;
  const refused: unknown = typeof scan === "object" && scan !== null ? Reflect.get(scan, "refused") : null;
  return Array.isArray(refused) ? (refused as readonly Refused[]) : [];
}
