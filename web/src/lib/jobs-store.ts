import { api, dataOf } from "../api/client";
import { listen, type Connection } from "../api/events";
import type { components } from "../api/schema.gen";

export type Job = components["schemas"]["AnyJob"];

/** What is known of jobs at one moment. */
export interface Jobs {
  /** Jobs that have not ended, and those that ended while the page was open. */
  readonly jobs: ReadonlyMap<string, Job>;
  readonly connection: Connection;
}

/** Time for which the stream stays open after nobody looks any more, milliseconds. */
const LINGER = 2000;

export const isOpen = (job: Job): boolean =>
  job.state === "queued" || job.state === "running" || job.state === "paused";

/** All jobs by one stream, for however many parts of the page: a browser holds few connections open. */
export function jobsStore(connect = listen, ask = askJob) {
  let now: Jobs = { jobs: new Map(), connection: "connecting" };
  let stop: (() => void) | null = null;
  let lingering: ReturnType<typeof setTimeout> | undefined;
  const looking = new Set<() => void>();
  const waiting = new Set<(job: Job) => void>();

  const become = (next: Jobs) => {
    now = next;
    for (const look of looking) look();
  };
  const put = (job: Job) => {
    const before = now.jobs.get(job.id);
    become({ ...now, jobs: new Map(now.jobs).set(job.id, job) });
    // A job that this page never saw at work ended some time ago; that is no news.
    if (!isOpen(job) && before !== undefined && isOpen(before)) for (const tell of waiting) tell(job);
  };
  const learn = (name: string) => void ask(name).then(put, () => undefined);
  const begin = (open: readonly Job[]) => {
    const ended = [...now.jobs.values()].filter((job) => isOpen(job) && !open.some((each) => each.id === job.id));
    become({ connection: "live", jobs: new Map([...now.jobs, ...open.map((job) => [job.id, job] as const)]) });
    for (const job of ended) learn(job.id);
  };
  const heard = (name: string, said: unknown) => {
    if (name === "jobs") begin((said as { readonly jobs: readonly Job[] }).jobs);
    else put(said as Job);
  };
  const start = () => {
    clearTimeout(lingering);
    stop ??= connect("/api/v1/jobs/events", ["jobs", "progress", "end"], {
      heard,
      // It is live once the open jobs were heard: what is asked for from then on misses nothing that ends.
      stands: (connection) => connection === "live" || become({ ...now, connection }),
    });
  };
  const end = () => {
    if (looking.size + waiting.size > 0) return;
    lingering = setTimeout(() => {
      stop?.();
      stop = null;
    }, LINGER);
  };
  const among = <Each>(all: Set<Each>, each: Each) => {
    all.add(each);
    start();
    return () => {
      all.delete(each);
      end();
    };
  };

  return {
    /** What is known now; the same object until something changes. */
    get: (): Jobs => now,
    /** Calls `look` whenever something changed, until what is returned is called. */
    subscribe: (look: () => void) => among(looking, look),
    /** Calls `tell` with every job that ends from now on. */
    ended: (tell: (job: Job) => void) => among(waiting, tell),
    /** Asks for a job that may have ended before anybody looked. */
    learn: (name: string) => now.jobs.has(name) || learn(name),
    /** Takes a job that an act just answered with, so that it shows at once. */
    put,
  };
}

const askJob = (name: string): Promise<Job> => dataOf(api.GET("/api/v1/jobs/{name}", { params: { path: { name } } }));
