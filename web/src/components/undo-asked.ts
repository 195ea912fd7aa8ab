import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../api/client";
import { liveJobs, useLiveJob, type Job } from "../lib/use-jobs";

/** What to take back: whole acts, or some items of acts by their numbers. */
export type Taken = { readonly acts: readonly string[] } | { readonly items: Readonly<Record<string, readonly number[]>> };

const body = (taken: Taken) =>
  "acts" in taken
    ? { acts: [...taken.acts] }
    : { items: Object.fromEntries(Object.entries(taken.items).map(([act, items]) => [act, [...items]])) };

/** What would come back and what could not; looked at anew each time it is shown. */
export const useForesight = (taken: Taken) =>
  useQuery({
    queryKey: ["undo", taken],
    queryFn: async () => (await dataOf(api.POST("/api/v1/undo", { body: { ...body(taken), dry_run: true } }))).foresight,
    staleTime: 0,
    gcTime: 0,
  });

/** Takes it back; afterwards what is shown of the library is asked anew. */
export function useTakeBack() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (taken: Taken) => dataOf(api.POST("/api/v1/undo", { body: body(taken) })),
    onSuccess: async ({ job }) => {
      if (job) liveJobs.put(job);
      else await client.invalidateQueries();
    },
  });
}

/** A job that was begun here, as it is now; null where none was. */
export function useBegun(job: Job | null | undefined): Job | null {
  const live = useLiveJob(job?.id ?? null);
  return live ?? job ?? null;
}

/** A list that a job's result has, once the job's own answer was asked for; long ones are in no stream. */
export function useRefusedOf(job: Job | null) {
  const ended = job !== null && ["succeeded", "failed", "cancelled"].includes(job.state);
  const whole = useQuery({
    queryKey: ["jobs", job?.id, "result"],
    queryFn: () => dataOf(api.GET("/api/v1/jobs/{name}", { params: { path: { name: job?.id ?? "" } } })),
    enabled: ended,
  });
  const refused: unknown = whole.data?.["refused"];
  const listed = Array.isArray(refused) ? (refused as { path: string; detail: string }[]) : [];
  return { whole: whole.data, refused: listed.map((each) => ({ path: each.path, reason: each.detail })) };
}
