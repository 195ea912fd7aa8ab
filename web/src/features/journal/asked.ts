import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { liveJobs } from "../../lib/use-jobs";

export type Act = components["schemas"]["ActSummary"];
export type ActItem = components["schemas"]["ActItem"];
export type TrashItem = components["schemas"]["TrashItem"];
type PurgeRequest = components["schemas"]["PurgeRequest"];

/** Entries of one page: acts, and files of an act or of the trash. */
const ACTS = 50;
const FILES = 200;

export const useActs = () =>
  useInfiniteQuery({
    queryKey: ["acts"],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const query = { limit: ACTS, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return (await dataOf(api.GET("/api/v1/acts", { params: { query } }))).acts;
    },
    getNextPageParam: (acts) => (acts.length < ACTS ? undefined : acts.at(-1)?.id),
  });

export const useAct = (name: string) =>
  useQuery({
    queryKey: ["acts", name],
    queryFn: () => dataOf(api.GET("/api/v1/acts/{name}", { params: { path: { name } } })),
  });

export const useActItems = (name: string) =>
  useInfiniteQuery({
    queryKey: ["acts", name, "items"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const query = { limit: FILES, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return dataOf(api.GET("/api/v1/acts/{name}/items", { params: { path: { name }, query } }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const useTrash = () =>
  useInfiniteQuery({
    queryKey: ["trash"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const query = { limit: FILES, ...(pageParam === undefined ? {} : { cursor: pageParam }) };
      return dataOf(api.GET("/api/v1/trash", { params: { query } }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

const purge = (body: PurgeRequest) => dataOf(api.POST("/api/v1/trash/purge", { body }));

/** What deleting would delete; looked at anew each time it is shown. */
export const usePurgeForesight = (before: number) =>
  useQuery({
    queryKey: ["purge", before],
    queryFn: () => purge({ before, dry_run: true }),
    staleTime: 0,
    gcTime: 0,
  });

export function usePurge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (before: number) => purge({ before, dry_run: false }),
    onSuccess: async ({ job }) => {
      if (job) liveJobs.put(job);
      else await client.invalidateQueries();
    },
  });
}
