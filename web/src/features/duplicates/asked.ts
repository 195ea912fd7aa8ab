import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type Group = components["schemas"]["StoredGroup"];
export type GroupAsset = components["schemas"]["GroupAsset"];
export type ReviewState = components["schemas"]["ReviewState"];
export type Resolution = components["schemas"]["Resolution"];
type ReviewRequest = components["schemas"]["ReviewRequest"];
type ResolveRequest = components["schemas"]["ResolveRequest"];

/** Groups that one page of the server's answer has. */
const PAGE = 100;

export const useFolders = () =>
  useQuery({ queryKey: ["folders"], queryFn: () => dataOf(api.GET("/api/v1/folders")) });

export const useReviews = () =>
  useQuery({ queryKey: ["reviews"], queryFn: () => dataOf(api.GET("/api/v1/reviews")) });

export const useReview = (name: string) =>
  useQuery({
    queryKey: ["reviews", name],
    queryFn: () => dataOf(api.GET("/api/v1/reviews/{name}", { params: { path: { name } } })),
  });

export const useTiers = (name: string, made: boolean) =>
  useQuery({
    queryKey: ["reviews", name, "tiers"],
    queryFn: () => dataOf(api.GET("/api/v1/reviews/{name}/tiers", { params: { path: { name } } })),
    enabled: made,
  });

export function useStart(onStarted: (review: ReviewState) => void) {
  return useMutation({
    mutationFn: (body: ReviewRequest) => dataOf(api.POST("/api/v1/reviews", { body })),
    onSuccess: onStarted,
  });
}

export type Tier = "bytes" | "pixels" | "hash" | "copy" | "similar";

export const tiers: readonly Tier[] = ["bytes", "pixels", "hash", "copy", "similar"];

export function useGroups(name: string, tier: Tier | undefined, made: boolean) {
  return useInfiniteQuery({
    queryKey: ["reviews", name, "groups", tier ?? "all"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/v1/reviews/{name}/groups", {
          params: {
            path: { name },
            query: {
              limit: PAGE,
              ...(tier === undefined ? {} : { tier }),
              ...(pageParam === undefined ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: made,
  });
}

/** Plans or carries out decisions; afterwards what is shown of the library is asked anew. */
export function useResolve() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ResolveRequest) => dataOf(api.POST("/api/v1/resolutions", { body })),
    onSuccess: async (answer) => {
      if (!answer.dry_run) await client.invalidateQueries();
    },
  });
}

export function useUndo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (acts: readonly string[]) => dataOf(api.POST("/api/v1/undo", { body: { acts: [...acts] } })),
    onSuccess: () => client.invalidateQueries(),
  });
}
