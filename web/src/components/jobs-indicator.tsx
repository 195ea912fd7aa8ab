import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";

import { text } from "../config/text";
import { useLiveJobs, type Job } from "../lib/use-jobs";
import "./live.css";

const words = text.work;

/** In the header: what is being done now and how far it is, and the way to all of it; nothing while nothing is. */
export function JobsIndicator() {
  const { jobs } = useLiveJobs();
  const running = [...jobs.values()].filter((job) => job.state === "running");
  const first = running[0];
  if (first === undefined) return null;
  const share = shareOf(first);
  const name = words.kinds[first.kind] ?? first.kind;
  const said = running.length > 1 ? words.running(running.length) : share === null ? name : `${name} ${share} %`;
  return (
    <Link to="/work" className="jobs-indicator small" title={words.title}>
      <span className={share === null ? "ring turning" : "ring"} style={ring(share)} aria-hidden="true" />
      <span className="indicator-said">{said}</span>
    </Link>
  );
}

/** Hundredths of its phase that a job has done, where that is known. */
const shareOf = (job: Job): number | null =>
  job.total ? Math.min(100, Math.floor((100 * job.done) / job.total)) : null;

const ring = (share: number | null): CSSProperties & Record<"--share", number> => ({ "--share": share ?? 25 });
