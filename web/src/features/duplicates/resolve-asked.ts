import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { liveJobs } from "../../lib/use-jobs";

export type Plan = components["schemas"]["ChangePlan"];
export type PlannedChange = components["schemas"]["PlannedChange"];
type ResolveRequest = components["schemas"]["ResolveRequest"];

/** Changes of one page of a plan. */
const PAGE = 200;

/** What is to be decided: over a whole review or one of its tiers, or over some groups. */
export interface Asked {
  readonly review?: string;
  readonly tier?: NonNullable<ResolveRequest["tier"]> | undefined;
  readonly groups?: readonly string[];
  readonly keep?: Readonly<Record<string, string | readonly string[]>>;
  readonly verb?: NonNullable<ResolveRequest["verb"]> | null;
  readonly rules?: readonly string[];
  readonly references?: readonly string[];
}

const bodyOf = (asked: Asked): ResolveRequest => ({
  review: asked.review ?? null,
  tier: asked.tier ?? null,
  groups: [...(asked.groups ?? [])],
  keep: Object.fromEntries(
    Object.entries(asked.keep ?? {}).map(([group, paths]) => [group, typeof paths === "string" ? paths : [...paths]]),
  ),
  verb: asked.verb ?? null,
  rules: asked.rules === undefined ? null : [...asked.rules],
  references: [...(asked.references ?? [])],
  dry_run: true,
  limit: PAGE,
});

/** The plan of what was asked; made anew each time it is shown, since files may have changed. */
export const usePlan = (asked: Asked) =>
  useQuery({
    queryKey: ["plan", asked],
    queryFn: async () => (await dataOf(api.POST("/api/v1/resolutions", { body: bodyOf(asked) }))).plan,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });

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
