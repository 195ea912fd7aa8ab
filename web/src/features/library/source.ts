import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, dataOf } from "../../api/client";
import type { Picture, Source } from "../../components/viewer/source";
import { blockQuery, type MonthPage } from "./asked";
import { blocksOf, blockWith, type Block, type Month } from "./blocks";
import { positionOf } from "./geometry";

/** The whole library as a list that the viewer goes through. */
export function useSource(months: readonly Month[], count: number, folder: string | undefined): Source {
  const client = useQueryClient();
  return useMemo(() => sourceOf(client, months, count, folder), [client, months, count, folder]);
}

function sourceOf(client: QueryClient, months: readonly Month[], count: number, folder: string | undefined): Source {
  // No month is joined with another where rows are no wider than nothing: so every picture has one page.
  const blocks = blocksOf(months, 0, 1);
  const blockOf = (index: number) => blocks[blockWith(blocks, index)];
  return {
    key: ["timeline", folder ?? null, months],
    count,
    at: async (index) => {
      const block = blockOf(index);
      if (block === undefined) return null;
      return pictureOf(await client.query(blockQuery(block, folder)), block, index) ?? null;
    },
    peek: (index) => {
      const block = blockOf(index);
      const page = block === undefined ? undefined : client.getQueryData(blockQuery(block, folder).queryKey);
      return block === undefined || page === undefined ? undefined : pictureOf(page, block, index);
    },
    find: async (asset) => {
      const query = folder === undefined ? {} : { folder };
      const asked = api.GET("/api/v1/timeline/places/{asset}", { params: { path: { asset }, query } });
      const place = await dataOf(asked).catch(() => null);
      return place === null ? null : positionOf(months, place.month, place.offset);
    },
  };
}

/** What the viewer is told of a picture of a page. */
export function pictureOf(page: MonthPage, block: Block, position: number): Picture | undefined {
  const index = position - block.first;
  const asset = page.assets[index];
  const sha256 = page.sha256[index];
  if (asset === undefined || sha256 === undefined) return undefined;
  return {
    asset,
    sha256,
    ratio: page.ratios[index] ?? 1,
    takenAt: page.taken_at[index] ?? null,
    placeholder: page.placeholders[index] ?? null,
  };
}
