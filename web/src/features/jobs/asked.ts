import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { liveJobs, useJobEnded, useLiveJobs, type Job } from "../../lib/use-jobs";

export { isOpen, type Job } from "../../lib/use-jobs";

export type Step = components["schemas"]["RefusalReason"]["step"];

/** Time between two looks at the list while the stream of jobs is lost, milliseconds. */
const WITHOUT_STREAM = 5000;

/** Jobs of one page. */
const PAGE = 30;

/** Jobs, newest first; those that go on as they are now. */
export function useJobs() {
  const client = useQueryClient();
  const { jobs: live, connection } = useLiveJobs();
  const ask = () => void client.invalidateQueries({ queryKey: ["jobs"] });
  useJobEnded(ask);
  // A job may have ended after the list was made and before the stream began, which then says nothing of it.
  const askAnew = useEffectEvent(ask);
  useEffect(() => {
    if (connection === "live") askAnew();
  }, [connection]);
  const pages = useInfiniteQuery({
    queryKey: ["jobs"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      dataOf(
        api.GET("/api/v1/jobs", {
          params: { query: { brief: true, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    ...(connection === "lost" ? { refetchInterval: WITHOUT_STREAM } : {}),
  });
  const listed = pages.data?.pages.flatMap((page) => page.jobs) ?? [];
  const merged = new Map([...listed.map((job) => [job.id, job] as const), ...live]);
  const jobs = [...merged.values()].sort((a, b) => b.created_at - a.created_at);
  return { pages, jobs };
}

export const useFolders = () =>
  useQuery({ queryKey: ["folders"], queryFn: () => dataOf(api.GET("/api/v1/folders")) });

export type Act = "cancel" | "pause" | "resume" | "retry";

const acts = {
  cancel: "/api/v1/jobs/{name}/cancel",
  pause: "/api/v1/jobs/{name}/pause",
  resume: "/api/v1/jobs/{name}/resume",
  retry: "/api/v1/jobs/{name}/retry",
} as const;

export function useSteer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, act }: { readonly name: string; readonly act: Act }) =>
      dataOf(api.POST(acts[act], { params: { path: { name } } })),
    onSuccess: (job) => liveJobs.put(job),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export const useIngest = () =>
  useMutation({
    mutationFn: (directory: string) =>
      // What a request leaves out has its default, which the generated types do not know.
      dataOf(api.POST("/api/v1/ingest", { body: { directory } as components["schemas"]["IngestRequest"] })),
    onSuccess: (job) => liveJobs.put(job as unknown as Job),
  });

/** How many files of a job's folders are refused now, by reason. */
export const useReasons = (name: string, wanted: boolean) =>
  useQuery({
    queryKey: ["refusals", name],
    queryFn: async () =>
      (await dataOf(api.GET("/api/v1/jobs/{name}/refusals/reasons", { params: { path: { name } } }))).reasons,
    enabled: wanted,
  });

export const useRefused = (name: string, step: Step, reason: string) =>
  useInfiniteQuery({
    queryKey: ["refusals", name, step, reason],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      dataOf(
        api.GET("/api/v1/jobs/{name}/refusals", {
          params: { path: { name }, query: { step, reason, ...(cursor === undefined ? {} : { cursor }) } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function useRetryRefused(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: { readonly step?: Step; readonly reason?: string }) =>
      dataOf(api.POST("/api/v1/jobs/{name}/refusals/retry", { params: { path: { name } }, body: which })),
    onSuccess: (job) => liveJobs.put(job as unknown as Job),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}
