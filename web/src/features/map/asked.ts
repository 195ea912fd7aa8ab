import { useMutation, useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { components } from "../../api/schema.gen";
import { liveJobs, type Job } from "../../lib/use-jobs";
import { pointsOf, traitsOf } from "./numbers";

export type About = components["schemas"]["MapAbout"];

/** Hits that are shown on the map at most. */
export const MOST_FOUND = 1000;

/** What is known of the map; its key changes with the map. */
export const useAbout = () =>
  useQuery({ queryKey: ["map"], queryFn: () => dataOf(api.GET("/api/v1/map")), staleTime: 60_000 });

const stampOf = (about: About | undefined) => [about?.index, about?.made_at, about?.count, about?.added] as const;

export const usePoints = (about: About | undefined) =>
  useQuery({
    queryKey: ["map points", ...stampOf(about)],
    queryFn: async () => pointsOf(await numbers("/api/v1/map/points")),
    enabled: about !== undefined,
    staleTime: Infinity,
  });

export const useTraits = (about: About | undefined) =>
  useQuery({
    queryKey: ["map traits", ...stampOf(about)],
    queryFn: async () => traitsOf(await numbers("/api/v1/map/traits")),
    enabled: about !== undefined,
    staleTime: Infinity,
  });

/** The best hits of a line of the query language: those that are probably meant, where the search can tell. */
export const useFound = (q: string) =>
  useQuery({
    queryKey: ["map search", q],
    queryFn: async () => {
      const answer = await dataOf(api.GET("/api/v1/search", { params: { query: { q, limit: MOST_FOUND } } }));
      const likely = answer.hits.filter((hit) => hit.relevant !== false);
      return (likely.length > 0 ? likely : answer.hits).map((hit) => hit.asset);
    },
    enabled: q !== "",
  });

/** Has the map made or brought up to date; answers the job. */
export const useMake = () =>
  useMutation({
    mutationFn: (again: boolean) => dataOf(api.POST("/api/v1/map", { body: { again } })),
    onSuccess: (job) => liveJobs.put(job as Job),
  });

async function numbers(path: string): Promise<ArrayBuffer> {
  const answer = await fetch(path);
  if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => null));
  return answer.arrayBuffer();
}
