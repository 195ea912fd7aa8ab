import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { components } from "../../api/schema.gen";

export type Hit = components["schemas"]["SearchHit"];
export type Answer = components["schemas"]["SearchAnswer"];
export type Suggestion = components["schemas"]["Suggestion"];
type Kept = components["schemas"]["KeptPicture"];

/** Hits of one page, and how deep pages reach. */
const PAGE = 100;
const DEEPEST = 10_000;

export const useHits = (q: string) =>
  useInfiniteQuery({
    queryKey: ["search", q],
    initialPageParam: 0,
    queryFn: async ({ pageParam }) =>
      // The client forgets that marks are pairs.
      (await dataOf(api.GET("/api/v1/search", { params: { query: { q, limit: PAGE, offset: pageParam } } }))) as Answer,
    getNextPageParam: (page) =>
      page.hits.length === 0 || page.offset + page.limit >= Math.min(page.total ?? DEEPEST, DEEPEST)
        ? undefined
        : page.offset + page.limit,
    placeholderData: keepPreviousData,
    enabled: q !== "",
  });

/** The parts of a line, as the server reads it. */
export const useOutline = (q: string) =>
  useQuery({
    queryKey: ["outline", q],
    queryFn: async () => (await dataOf(api.GET("/api/v1/search/outline", { params: { query: { q } } }))).parts,
    enabled: q !== "",
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });

export const useSuggestions = (q: string, cursor: number, wanted: boolean) =>
  useQuery({
    queryKey: ["suggestions", q, cursor],
    queryFn: () => dataOf(api.GET("/api/v1/search/suggestions", { params: { query: { q, cursor } } })),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });

const PAST = ["past-searches"];

export const usePast = () =>
  useQuery({
    queryKey: PAST,
    queryFn: async () => (await dataOf(api.GET("/api/v1/search/past", { params: { query: { limit: 12 } } }))).searches,
  });

export function useForget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const { error, response } = await api.DELETE("/api/v1/search/past");
      if (!response.ok) throw problemOf(response.status, error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: PAST }),
  });
}

/** Brings pictures to this server, which keeps each for a while under its content. */
export const useBring = () =>
  useMutation({ mutationFn: (files: readonly File[]) => Promise.all(files.map(brought)) });

async function brought(file: File): Promise<string> {
  const answer = await fetch("/api/v1/search/pictures", {
    method: "POST",
    body: file,
    headers: { "Content-Type": "application/octet-stream" },
  });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw problemOf(answer.status, body);
  const { asset, sha256 } = body as Kept;
  return asset === null ? sha256 : `asset:${asset}`;
}
