import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import type { Tier } from "./asked";

export type RuleList = components["schemas"]["RuleList"];
export type RulePreview = components["schemas"]["RulePreview"];
export type RuleSet = components["schemas"]["SavedRuleSet"];

/** Time without another change after which rules are tried, milliseconds. */
const REST = 200;

export const useRules = () =>
  useQuery({ queryKey: ["rules"], queryFn: () => dataOf(api.GET("/api/v1/rules")), staleTime: Infinity });

interface Tried {
  readonly rules: readonly string[];
  readonly references: readonly string[];
  readonly tier: Tier | null;
}

/** What rules would change in a review; asked once they rest, the last answer stays until the next is there. */
export function usePreview(review: string, tried: Tried) {
  const rested = useRested(tried);
  return useQuery({
    queryKey: ["reviews", review, "rules", rested],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST("/api/v1/reviews/{name}/rules", {
          params: { path: { name: review } },
          body: { rules: [...rested.rules], references: [...rested.references], tier: rested.tier },
          signal,
        }),
      ),
    enabled: rested.rules.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}

/** A value once it has not changed for a moment. */
function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value);
  const said = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(JSON.parse(said) as Value), REST);
    return () => clearTimeout(timer);
  }, [said]);
  return rested;
}

export function useSaveRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, rules, references }: RuleSet) =>
      dataOf(api.PUT("/api/v1/rules/{name}", { params: { path: { name } }, body: { rules, references } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["rules"] }),
  });
}

export function useForgetRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (name: string) => {
      await api.DELETE("/api/v1/rules/{name}", { params: { path: { name } } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["rules"] }),
  });
}
