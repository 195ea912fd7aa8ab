import { isOpen, useLiveJob, type Job } from "./use-jobs";

interface Followed {
  readonly state: Job | null;
  readonly ended: boolean;
}

/**
 * The newest state of the job whose stream lies at a path such as `/api/v1/jobs/{name}/events`, and whether it ended.
 *
 * It comes by the one stream of all jobs; `useLiveJob(name)` says the same.
 */
export function useFollowed(path: string | null): Followed {
  const job = useLiveJob(path?.split("/").at(-2) ?? null);
  return { state: job ?? null, ended: job !== undefined && !isOpen(job) };
}
