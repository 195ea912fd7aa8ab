import { useMemo } from "react";

import type { Picture, Source } from "../../components/viewer/source";
import type { Hit, useHits } from "./asked";

const pictureOf = (hit: Hit | undefined): Picture | undefined =>
  hit && {
    asset: hit.asset,
    sha256: hit.sha256,
    ratio: hit.width / hit.height,
    takenAt: hit.taken_at,
    placeholder: hit.placeholder,
  };

/** The hits of a search as the viewer walks them: those further down are asked for as it comes to them. */
export function useHitsSource(q: string, pages: ReturnType<typeof useHits>): Source {
  const { data, hasNextPage, fetchNextPage } = pages;
  return useMemo(() => {
    const hits = data?.pages.flatMap((page) => page.hits) ?? [];
    return {
      key: ["search", q],
      count: hits.length + (hasNextPage ? 1 : 0),
      peek: (index) => pictureOf(hits[index]),
      at: async (index) => {
        if (index < hits.length || !hasNextPage) return pictureOf(hits[index]) ?? null;
        const more = await fetchNextPage({ cancelRefetch: false });
        return pictureOf(more.data?.pages.flatMap((page) => page.hits)[index]) ?? null;
      },
      find: (asset) => {
        const index = hits.findIndex((hit) => hit.asset === asset);
        return Promise.resolve(index < 0 ? null : index);
      },
    };
  }, [q, data, hasNextPage, fetchNextPage]);
}
