import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { isOpen, liveJobs, useLiveJob, type Job } from "../../lib/use-jobs";

export type Plan = components["schemas"]["ChangePlan"];
export type PlannedChange = components["schemas"]["PlannedChange"];
type ResolveRequest = components["schemas"]["ResolveRequest"];

/** Changes of one page of a plan. */
const PAGE = 200;

/** What is to be decided over groups: over a whole review or one of its tiers, as some rules say. */
export interface AskedOfGroups {
  readonly review: string;
  readonly tier?: NonNullable<ResolveRequest["tier"]> | undefined;
  readonly verb?: NonNullable<ResolveRequest["verb"]> | null;
  readonly rules?: readonly string[];
  readonly references?: readonly string[];
}

/** A plan, or the job that makes it where it is a large one. */
export interface Planned {
  readonly plan: Plan | null;
  readonly job: Job | null;
}

export async function planOfGroups(asked: AskedOfGroups): Promise<Planned> {
  const { review, tier = null, verb = null, rules, references = [] } = asked;
  const body = { review, tier, verb, groups: [], keep: {}, dry_run: true, limit: PAGE };
  const answer = await dataOf(
    api.POST("/api/v1/resolutions", {
      body: { ...body, rules: rules === undefined ? null : [...rules], references: [...references] },
    }),
  );
  return { plan: answer.plan, job: answer.job ?? null };
}

/** Has the server plan that many pictures go to the trash. */
export async function planOfPictures(assets: readonly number[]): Promise<Planned> {
  const { job } = await dataOf(api.POST("/api/v1/trash", { body: { assets: [...assets], dry_run: true } }));
  return { plan: null, job: job ?? null };
}

/** A plan in the making: the job that makes it, then the plan, or what went wrong. */
export interface Planning {
  readonly plan: Plan | undefined;
  readonly job: Job | null;
  readonly error: Error | null;
  readonly again: () => void;
}

/** The plan of what was asked; made anew each time it is shown, since files may have changed. */
export function usePlan(id: string, ask: () => Promise<Planned>): Planning {
  const asked = useQuery({
    queryKey: ["plan", id],
    queryFn: async () => {
      const planned = await ask();
      if (planned.job !== null) liveJobs.put(planned.job);
      return planned;
    },
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const begun = asked.data?.job ?? null;
  const job = useLiveJob(begun?.id ?? null) ?? begun;
  const isMade = job?.state === "succeeded";
  const named: unknown = job?.["plan"];
  const name = typeof named === "string" ? named : "";
  const made = useQuery({
    queryKey: ["plan", id, name],
    queryFn: () => dataOf(api.GET("/api/v1/plans/{name}", { params: { path: { name }, query: { limit: PAGE } } })),
    enabled: isMade,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  useCancelled(begun?.id ?? null);
  return {
    plan: asked.data?.plan ?? made.data,
    job,
    error: asked.error ?? made.error,
    again: () => void (asked.error ? asked : made).refetch(),
  };
}

/** A plan that nobody waits for any more need not be made. */
function useCancelled(job: string | null) {
  useEffect(() => {
    if (job === null) return undefined;
    return () => {
      const now = liveJobs.get().jobs.get(job);
      if (now !== undefined && isOpen(now)) void api.POST("/api/v1/jobs/{name}/cancel", { params: { path: { name: job } } });
    };
  }, [job]);
}

/** The changes of a plan, a page after the other. */
export const useChanges = (plan: Plan) =>
  useInfiniteQuery({
    queryKey: ["plan", plan.id, "items"],
    initialPageParam: "0",
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/v1/plans/{name}/items", {
          params: { path: { name: plan.id }, query: { limit: PAGE, cursor: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    initialData: {
      pages: [{ items: plan.items, next: plan.changes > plan.items.length ? String(plan.items.length) : null }],
      pageParams: ["0"],
    },
    staleTime: Infinity,
    gcTime: 0,
  });

/** Carries out exactly the plan that was shown: at once, or by a job where it is a large one. */
export function useCarryOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: Plan) =>
      dataOf(
        api.POST("/api/v1/resolutions", {
          body: { plan: plan.id, groups: [], keep: {}, references: [], dry_run: false, limit: 0 },
        }),
      ),
    onSuccess: async ({ job }) => {
      if (job) liveJobs.put(job);
      else await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "plan" });
    },
  });
}
