import { queryOptions, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { useIsBusy, useJobEnded } from "../../lib/use-jobs";
import { BLOCK, type Block, type Month } from "./blocks";

export type MonthPage = components["schemas"]["MonthPage"];

/** Time after which the months are asked for again while the page is looked at, milliseconds. */
const AGAIN = 60_000;

/** The same while pictures are being taken in. */
const SOON = 8_000;

const inFolder = (folder: string | undefined) => (folder === undefined ? {} : { folder });

/** The months of the library or of a folder; asked for anew when a job ends and when the window is looked at again. */
export function useTimeline(folder: string | undefined) {
  const client = useQueryClient();
  const isGrowing = useIsBusy("ingest", "scan");
  useJobEnded(() => void client.invalidateQueries({ queryKey: ["timeline"] }));
  return useQuery({
    queryKey: ["timeline", "months", folder ?? null],
    queryFn: () => dataOf(api.GET("/api/v1/timeline", { params: { query: inFolder(folder) } })),
    refetchInterval: isGrowing ? SOON : AGAIN,
  });
}

/** How the pictures of a block are asked for. */
export const blockQuery = (block: Block, folder: string | undefined) =>
  queryOptions({
    queryKey: ["timeline", "pictures", folder ?? null, block.key],
    queryFn: ({ signal }) => dataOf(picturesOf(block, folder, signal)),
    staleTime: AGAIN,
  });

/** The pictures of the blocks in sight, by the blocks' keys; those that are on their way are not there yet. */
export function useBlocks(
  blocks: readonly Block[],
  folder: string | undefined,
  enabled: boolean,
): ReadonlyMap<string, MonthPage> {
  return useQueries({
    queries: blocks.map((block) => ({ ...blockQuery(block, folder), enabled })),
    combine: (answers) =>
      new Map(
        answers.flatMap((answer, index) => {
          const block = blocks[index];
          return answer.data === undefined || block === undefined ? [] : [[block.key, answer.data] as const];
        }),
      ),
  });
}

/** Asks for the pictures in sight anew when the months have changed. */
export function useRenewed(months: readonly Month[]): void {
  const client = useQueryClient();
  useEffect(() => void client.invalidateQueries({ queryKey: ["timeline", "pictures"] }), [client, months]);
}

/** What the pictures that were looked at lately are, by their assets' ids, so that they can be shown elsewhere. */
export function useKnownContents(): ReadonlyMap<number, string> {
  const client = useQueryClient();
  return useMemo(() => {
    const pages = client.getQueriesData<MonthPage>({ queryKey: ["timeline", "pictures"] });
    return new Map(
      pages.flatMap(([, page]) => page?.assets.map((asset, index) => [asset, page.sha256[index] ?? ""] as const) ?? []),
    );
  }, [client]);
}

function picturesOf(block: Block, folder: string | undefined, signal: AbortSignal) {
  const [newest] = block.parts;
  const oldest = block.parts.at(-1);
  if (newest === undefined || oldest === undefined) throw new Error("A block has a month.");
  if (block.kind === "joined") {
    const query = { newest: newest.month, oldest: oldest.month, limit: block.count, ...inFolder(folder) };
    return api.GET("/api/v1/timeline/span", { params: { query }, signal });
  }
  const query = { offset: newest.offset, limit: BLOCK, ...inFolder(folder) };
  return api.GET("/api/v1/timeline/{month}", { params: { path: { month: newest.month }, query }, signal });
}
