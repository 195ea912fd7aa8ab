import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type Group = components["schemas"]["StoredGroup"];
export type GroupAsset = components["schemas"]["GroupAsset"];
export type GroupPage = components["schemas"]["GroupPage"];
export type ReviewState = components["schemas"]["ReviewState"];
export type Resolution = components["schemas"]["Resolution"];
export type Beside = components["schemas"]["Beside"];
type ReviewRequest = components["schemas"]["ReviewRequest"];
type ResolveRequest = components["schemas"]["ResolveRequest"];

export { tiers, type Tier } from "./tiers";

export const useFolders = () =>
  useQuery({ queryKey: ["folders"], queryFn: () => dataOf(api.GET("/api/v1/folders")) });

export const useReviews = () =>
  useQuery({ queryKey: ["reviews"], queryFn: () => dataOf(api.GET("/api/v1/reviews")) });

export const useReview = (name: string) =>
  useQuery({
    queryKey: ["reviews", name],
    queryFn: () => dataOf(api.GET("/api/v1/reviews/{name}", { params: { path: { name } } })),
  });

export const useLeft = (name: string, made: boolean) =>
  useQuery({
    queryKey: ["reviews", name, "left"],
    queryFn: () => dataOf(api.GET("/api/v1/reviews/{name}/left", { params: { path: { name } } })),
    enabled: made,
  });

export const useFacets = (name: string, wanted: boolean) =>
  useQuery({
    queryKey: ["reviews", name, "facets"],
    queryFn: () => dataOf(api.GET("/api/v1/reviews/{name}/facets", { params: { path: { name } } })),
    enabled: wanted,
    staleTime: Infinity,
  });

/** How two contents lie on one another; it never changes. */
export const useBeside = (one: string, other: string, isWanted = true) =>
  useQuery({
    queryKey: ["beside", one, other],
    queryFn: () =>
      dataOf(
        api.GET("/api/v1/contents/{sha256}/beside/{other}", { params: { path: { sha256: one, other } } }),
      ),
    enabled: isWanted && one !== other,
    staleTime: Infinity,
  });

export function useStart(onStarted: (review: ReviewState) => void) {
  return useMutation({
    mutationFn: (body: ReviewRequest) => dataOf(api.POST("/api/v1/reviews", { body })),
    onSuccess: onStarted,
  });
}

export function useCancel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      dataOf(api.POST("/api/v1/reviews/{name}/cancel", { params: { path: { name } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["reviews"] }),
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
