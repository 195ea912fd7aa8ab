import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { liveJobs, useJobEnded, type Job } from "../../lib/use-jobs";

export type Shelf = components["schemas"]["ModelShelf"];
export type Model = components["schemas"]["KnownModel"];
export type Measured = components["schemas"]["ModelMeasurement"];
export type Index = components["schemas"]["IndexState"];
export type Comparison = components["schemas"]["ComparisonAnswer"];

/** Time between two looks while something changes or is awaited, and while nothing does, milliseconds. */
const SOON = 1500;
const LATER = 20_000;

/** Past searches that are compared, and first hits of each. */
const PAST = 30;
const HITS = 8;

/** Kinds of jobs that change what this page shows. */
const KINDS = ["pull", "measure", "index", "ingest"];

const isChanging = (shelf: Shelf | undefined): boolean =>
  shelf?.inference.state === "away" ||
  (shelf?.models ?? []).some(({ served }) => served === "loading" || served === "unloading");

/** Every model; looked at often while one is loaded, and while the service is away. */
export const useShelf = () =>
  useQuery({
    queryKey: ["models"],
    queryFn: () => dataOf(api.GET("/api/v1/models")),
    refetchInterval: ({ state }) => (isChanging(state.data) ? SOON : LATER),
  });

export const useIndexes = () =>
  useQuery({
    queryKey: ["indexes"],
    queryFn: async () => (await dataOf(api.GET("/api/v1/indexes"))).indexes,
  });

/** Asks for everything anew when a job about models ends; answers the last that failed, by model. */
export function useFailures(): ReadonlyMap<string, NonNullable<Job["error"]>> {
  const client = useQueryClient();
  const [failures, setFailures] = useState<ReadonlyMap<string, NonNullable<Job["error"]>>>(new Map());
  useJobEnded((job) => {
    if (!KINDS.includes(job.kind)) return;
    const name = String(job["model"]).split("@")[0] ?? "";
    const next = new Map(failures);
    next.delete(name);
    if (job.error !== null) next.set(name, job.error);
    setFailures(next);
    void client.invalidateQueries({ queryKey: ["models"] });
    void client.invalidateQueries({ queryKey: ["indexes"] });
  });
  return failures;
}

/** What can be done about a model or an index. */
export type Act =
  | { readonly act: "pull" | "measure" | "load" | "unload" | "remove" | "build"; readonly model: string }
  | { readonly act: "use" | "drop"; readonly index: string; readonly incomplete?: boolean }
  | { readonly act: "back" }
  | { readonly act: "cancel"; readonly job: string };

/** Does it, and asks for everything anew; a job shows at once. */
export function useAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: done,
    onSuccess: (job) => {
      if (job !== null) liveJobs.put(job);
    },
    onSettled: () =>
      Promise.all(
        ["models", "indexes", "jobs", "map", "game"].map((key) => client.invalidateQueries({ queryKey: [key] })),
      ),
  });
}

async function done(asked: Act): Promise<Job | null> {
  switch (asked.act) {
    case "pull":
      return (await dataOf(api.POST("/api/v1/models/pull", { body: { model: asked.model } })));
    case "measure":
      return (await dataOf(api.POST("/api/v1/models/{name}/measure", named(asked.model))));
    case "build":
      return (await dataOf(api.POST("/api/v1/indexes", { body: { model: asked.model, again: false } })));
    case "cancel":
      return dataOf(api.POST("/api/v1/jobs/{name}/cancel", named(asked.job)));
    case "load":
      await dataOf(api.POST("/api/v1/models/{name}/load", named(asked.model)));
      return null;
    case "unload":
      await dataOf(api.POST("/api/v1/models/{name}/unload", named(asked.model)));
      return null;
    case "remove":
      await dataOf(api.DELETE("/api/v1/models/{name}", named(asked.model)));
      return null;
    case "use":
      await dataOf(
        api.POST("/api/v1/indexes/use", { body: { index: asked.index, incomplete: asked.incomplete === true } }),
      );
      return null;
    case "back":
      await dataOf(api.POST("/api/v1/indexes/back"));
      return null;
    case "drop":
      await dataOf(api.DELETE("/api/v1/indexes/{name}", named(asked.index)));
      return null;
  }
}

const named = (name: string) => ({ params: { path: { name } } });

/** How answers to past searches, and to lines that are given, would change with another index. */
export const useComparison = (index: string, queries: readonly string[]) =>
  useQuery({
    queryKey: ["compared", index, queries],
    queryFn: () =>
      dataOf(
        api.POST("/api/v1/indexes/compare", { body: { index, queries: [...queries], past: PAST, limit: HITS } }),
      ),
    retry: false,
    staleTime: 60_000,
  });
