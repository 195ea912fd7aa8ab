import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { components } from "../../api/schema.gen";

export type Hit = components["schemas"]["SearchHit"];
export type Answer = components["schemas"]["SearchAnswer"];
export type Suggestion = components["schemas"]["Suggestion"];

/** Hits of one page. */
const PAGE = 60;

/** A picture to look like, kept in this page only: it goes to this server and nowhere else. */
export interface Dropped {
  readonly file: File;
  readonly number: number;
}

async function asked(q: string, dropped: Dropped | null, offset: number): Promise<Answer> {
  if (dropped === null) {
    // The client forgets that marks are pairs.
    return (await dataOf(api.GET("/api/v1/search", { params: { query: { q, limit: PAGE, offset } } }))) as Answer;
  }
  const form = new FormData();
  form.append("search", JSON.stringify({ q, terms: [{ file: "picture" }], limit: PAGE, offset }));
  form.append("picture", dropped.file);
  const answer = await fetch("/api/v1/search", { method: "POST", body: form });
  const body: unknown = await answer.json();
  if (!answer.ok) throw problemOf(answer.status, body);
  return body as Answer;
}

export function useSearchPages(q: string, dropped: Dropped | null) {
  return useInfiniteQuery({
    queryKey: ["search", q, dropped?.number ?? null],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => asked(q, dropped, pageParam),
    getNextPageParam: (page) => (page.hits.length < page.limit ? undefined : page.offset + page.limit),
    placeholderData: keepPreviousData,
    enabled: q.trim() !== "" || dropped !== null,
  });
}

export const useSuggestions = (q: string, cursor: number, wanted: boolean) =>
  useQuery({
    queryKey: ["suggestions", q, cursor],
    queryFn: () => dataOf(api.GET("/api/v1/search/suggestions", { params: { query: { q, cursor } } })),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });

export const usePast = () =>
  useQuery({
    queryKey: ["past"],
    queryFn: () => dataOf(api.GET("/api/v1/search/past", { params: { query: { limit: 12 } } })),
  });
