import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type Job = components["schemas"]["AnyJob"];

/** Time between two looks at the list while something is being done, and while nothing is, milliseconds. */
const BUSY = 2000;
const IDLE = 15_000;

export const isOpen = (job: Job) => job.state === "queued" || job.state === "running" || job.state === "paused";

export function useJobs() {
  return useInfiniteQuery({
    queryKey: ["jobs"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/v1/jobs", { params: { query: pageParam === undefined ? {} : { cursor: pageParam } } }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) =>
      (state.data?.pages ?? []).some((page) => page.jobs.some(isOpen)) ? BUSY : IDLE,
  });
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
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export function useIngest() {
  const client = useQueryClient();
  return useMutation({
    // What a request leaves out has its default, which the generated types do not know.
    mutationFn: (directory: string) =>
      dataOf(api.POST("/api/v1/ingest", { body: { directory } as components["schemas"]["IngestRequest"] })),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}
