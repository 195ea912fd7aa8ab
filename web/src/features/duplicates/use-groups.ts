import { useQueries, useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { Group, GroupPage } from "./asked";
import type { Listing } from "./view";

/** Groups of one page that the server is asked for. */
const PAGE = 50;

/** How long a page that is out of sight is kept, milliseconds. */
const KEPT = 60_000;

const ask = (review: string, listing: Listing, page: number, asOf?: number, signal?: AbortSignal) =>
  dataOf(
    api.GET("/api/v1/reviews/{name}/groups", {
      params: {
        path: { name: review },
        query: { ...listing, offset: page * PAGE, limit: PAGE, ...(asOf === undefined ? {} : { as_of: asOf }) },
      },
      ...(signal === undefined ? {} : { signal }),
    }),
  );

export interface Groups {
  readonly total: number | undefined;
  readonly asOf: number | undefined;
  readonly error: Error | null;
  /** The group at a place of the listing, where its page is there. */
  readonly at: (index: number) => Group | undefined;
  readonly again: () => void;
}

/** Places from the first up to the second. */
export type Span = readonly [number, number];

/** The groups of a listing at some places, and no more: there may be any number of them. */
export function useGroups(review: string, listing: Listing, spans: readonly Span[]): Groups {
  // The listing is that of the moment when it was opened, so that no place moves while groups are decided.
  const opening = useQuery({
    queryKey: ["reviews", review, "groups", listing],
    queryFn: ({ signal }) => ask(review, listing, 0, undefined, signal),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const opened = opening.data;
  const pages = [...new Set(spans.flatMap((span) => wanted(span, opened)))];
  const found = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["reviews", review, "groups", listing, opened?.as_of ?? 0, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(review, listing, page, opened?.as_of, signal),
      enabled: opened !== undefined,
      staleTime: Infinity,
      gcTime: KEPT,
      refetchOnWindowFocus: false,
    })),
  });
  const loaded = new Map<number, GroupPage | undefined>(pages.map((page, index) => [page, found[index]?.data]));
  const at = (index: number) => {
    const page = Math.floor(index / PAGE);
    return (page === 0 ? opened : loaded.get(page))?.groups[index % PAGE];
  };
  return {
    total: opened?.total,
    asOf: opened?.as_of,
    error: opening.error ?? found.find((each) => each.error)?.error ?? null,
    at,
    again: () => void opening.refetch(),
  };
}

/** Pages that hold some of the places of a span; the opening holds the first page. */
function wanted([first, end]: Span, opened: GroupPage | undefined): readonly number[] {
  if (opened === undefined) return [];
  const from = Math.floor(Math.max(0, first) / PAGE);
  const last = Math.floor((Math.min(opened.total, Math.max(first + 1, end)) - 1) / PAGE);
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index).filter(
    (page) => page > 0 && page * PAGE < opened.total,
  );
}

/** Where a group is in a listing; null where it is not in it. */
export const placeOf = async (review: string, listing: Listing, asOf: number, group: string) =>
  (
    await dataOf(
      api.GET("/api/v1/reviews/{name}/place", {
        params: { path: { name: review }, query: { ...listing, as_of: asOf, group } },
      }),
    )
  ).offset;
