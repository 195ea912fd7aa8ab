import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { count, duration, moment } from "../../lib/format";
import { isOpen, useSteer, type Act, type Job } from "./asked";
import { RefusedFiles } from "./refused-files";
import { foundBy, refusedBy, titleOf } from "./told";

const words = text.work;

/** What can be done to a job in each state. */
const possible: Readonly<Record<Job["state"], readonly Act[]>> = {
  queued: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  succeeded: [],
  failed: ["resume", "retry"],
  cancelled: ["resume"],
};

const tone: Readonly<Record<Job["state"], string>> = {
  queued: "",
  running: "",
  paused: "",
  succeeded: "good",
  failed: "bad",
  cancelled: "",
};

interface Props {
  readonly job: Job;
  /** The job that must end before this one begins. */
  readonly ahead: Job | undefined;
}

/** One job: how far it is or what came of it, what was refused, and what can be done to it. */
export function JobCard({ job, ahead }: Props) {
  const title = titleOf(job);
  return (
    <article className="card job" id={`job-${job.id}`} aria-label={title}>
      <div className="row apart">
        <h3>
          {title} <span className={`badge ${tone[job.state]}`}>{words.states[job.state]}</span>
        </h3>
        <Acts job={job} title={title} />
      </div>
      {isOpen(job) ? <Going job={job} ahead={ahead} /> : <Outcome job={job} />}
      {job.error === null ? null : <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} />}
      {refusedBy(job) > 0 ? <RefusedFiles job={job} /> : null}
    </article>
  );
}

function Acts({ job, title }: { readonly job: Job; readonly title: string }) {
  const steer = useSteer();
  return (
    <div className="row">
      {possible[job.state].map((act) => (
        <Button
          key={act}
          isDisabled={steer.isPending}
          label={words.actOn(words.acts[act], title)}
          onPress={() => steer.mutate({ name: job.id, act })}
        >
          {words.acts[act]}
        </Button>
      ))}
      {steer.error ? <Wrong error={steer.error} /> : null}
    </div>
  );
}

function Going({ job, ahead }: Props) {
  return (
    <>
      {job.state === "queued" && job.phase === "" ? null : <Progress job={job} />}
      {ahead === undefined ? (
        job.waiting_for == null ? null : <p className="small waits">{words.waits(job.waiting_for)}</p>
      ) : (
        <p className="small waits">
          {/* Within the page, which the router leaves to the browser. */}
          <a href={`#job-${ahead.id}`}>{words.behind(titleOf(ahead))}</a>
        </p>
      )}
    </>
  );
}

function Outcome({ job }: { readonly job: Job }) {
  const took =
    job.started_at === null || job.finished_at === null
      ? []
      : [words.took(job.done, count(job.done), duration(job.finished_at - job.started_at))];
  return <p className="small quiet">{[moment(job.created_at), ...took, ...foundBy(job)].join(" · ")}</p>;
}
