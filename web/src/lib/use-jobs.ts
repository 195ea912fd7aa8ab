import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

import { isOpen, jobsStore, type Job, type Jobs } from "./jobs-store";

export { isOpen, type Job } from "./jobs-store";

/** The jobs that this page knows of; one stream for all parts of it. */
export const liveJobs = jobsStore();

/** All jobs that have not ended or ended lately, live, and how the connection stands. */
export const useLiveJobs = (): Jobs => useSyncExternalStore(liveJobs.subscribe, liveJobs.get);

/** One job as it is now, also when it ended before anybody looked; undefined until it is known. */
export function useLiveJob(name: string | null): Job | undefined {
  const { jobs, connection } = useLiveJobs();
  useEffect(() => {
    if (name !== null && connection === "live") liveJobs.learn(name);
  }, [name, connection]);
  return name === null ? undefined : jobs.get(name);
}

/** Calls `tell` with every job that ends while the page is shown, to ask anew for what it changed. */
export function useJobEnded(tell: (job: Job) => void): void {
  const told = useEffectEvent(tell);
  useEffect(() => liveJobs.ended((job) => told(job)), []);
}

/** Whether some job of these kinds has not ended. */
export const useIsBusy = (...kinds: readonly string[]): boolean =>
  [...useLiveJobs().jobs.values()].some((job) => kinds.includes(job.kind) && isOpen(job));
