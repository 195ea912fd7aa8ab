import { useQueries, useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { BLOCK, keyOf, type Block } from "./blocks";

export type MonthPage = components["schemas"]["MonthPage"];

export const useTimeline = () =>
  useQuery({ queryKey: ["timeline"], queryFn: () => dataOf(api.GET("/api/v1/timeline")) });

/** The pictures of the blocks in sight, by the blocks' keys; those that are on their way are not there yet. */
export function useBlocks(blocks: readonly Block[]): ReadonlyMap<string, MonthPage> {
  return useQueries({
    queries: blocks.map((block) => ({
      queryKey: ["timeline", block.month, block.offset],
      queryFn: () =>
        dataOf(
          api.GET("/api/v1/timeline/{month}", {
            params: { path: { month: block.month }, query: { offset: block.offset, limit: BLOCK } },
          }),
        ),
      staleTime: 60_000,
    })),
    combine: (answers) =>
      new Map(
        answers.flatMap((answer, index) => {
          const block = blocks[index];
          return answer.data === undefined || block === undefined
            ? []
            : [[keyOf(block.month, block.offset), answer.data] as const];
        }),
      ),
  });
}
