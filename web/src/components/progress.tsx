import { text } from "../config/text";
import { bytes, count, duration } from "../lib/format";
import { Meter } from "./meter";

interface Job {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly rate: number;
  readonly remaining_seconds: number | null;
  /** What is counted, where that is not items. */
  readonly unit?: unknown;
}

/** How much a second: slow work is told in tenths, which else were none or one. */
const rate = ({ rate, unit }: Job): string =>
  unit === "bytes" ? bytes(rate) : rate < 10 ? String(Math.round(rate * 10) / 10) : count(Math.round(rate));

/** How far a job is: phase, number, rate and the time it should still take. */
export function Progress({ job }: { readonly job: Job }) {
  const written = job.unit === "bytes" ? bytes : count;
  const of = job.total === null ? written(job.done) : `${written(job.done)} / ${written(job.total)}`;
  return (
    <div className="stack" style={{ gap: "0.4rem" }}>
      <div className="row apart small">
        <span>{job.phase}</span>
        <span className="quiet">
          {of}
          {job.rate > 0 ? ` · ${text.work.rate(rate(job))}` : ""}
          {job.remaining_seconds === null ? "" : ` · ${text.work.remaining(duration(job.remaining_seconds))}`}
        </span>
      </div>
      <Meter label={job.phase} done={job.done} total={job.total} />
    </div>
  );
}
