import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { middleOf } from "./sharpness";
import type { Picture, Source } from "./source";

export type Details = components["schemas"]["AssetDetails"];
export type History = components["schemas"]["AssetHistory"];

/** What was told of a picture is told again after this time, milliseconds. */
const STALE = 60_000;

/** Time that a picture is looked at before more is asked for than the picture itself, milliseconds. */
const REST = 150;

const detailsQuery = (asset: number) => ({
  queryKey: ["assets", asset, "details"],
  queryFn: () => dataOf(api.GET("/api/v1/assets/{asset}/details", { params: { path: { asset } } })),
  staleTime: STALE,
});

/** How the picture at a position is asked for. */
export const pictureQuery = (source: Source, index: number) => ({
  queryKey: ["viewed", ...source.key, source.count, index],
  queryFn: () => source.at(index),
  staleTime: STALE,
});

/** The picture at a position: undefined while it is asked for, null where it is gone; and what went wrong. */
export function usePicture(source: Source, index: number) {
  const { data, error } = useQuery(pictureQuery(source, index));
  const picture: Picture | null | undefined = source.peek?.(index) ?? data;
  return { picture, error };
}

export const useDetails = (asset: number | undefined) =>
  useQuery({ ...detailsQuery(asset ?? 0), enabled: asset !== undefined });

/** Groups and acts of a picture. */
export const useHistory = (asset: number) =>
  useQuery({
    queryKey: ["assets", asset, "history"],
    queryFn: async ({ signal }) => {
      // It costs the server more than the rest, and not each picture that is passed is looked at.
      await new Promise((rested) => setTimeout(rested, REST));
      signal.throwIfAborted();
      return dataOf(api.GET("/api/v1/assets/{asset}/history", { params: { path: { asset } }, signal }));
    },
    staleTime: STALE,
  });

/** Fetches what lies beside a position, so that going there shows it at once. */
export function useNeighbours(source: Source, index: number) {
  const queries = useQueryClient();
  useEffect(() => {
    const resting = window.setTimeout(() => {
      for (const near of [index + 1, index - 1, index + 2])
        if (near >= 0 && near < source.count) void fetched(queries, source, near);
    }, REST);
    return () => window.clearTimeout(resting);
  }, [queries, source, index]);
}

async function fetched(queries: QueryClient, source: Source, index: number) {
  try {
    const picture = source.peek?.(index) ?? (await queries.query(pictureQuery(source, index)));
    if (picture == null) return;
    const details = await queries.query(detailsQuery(picture.asset));
    if (details.content !== null) new Image().src = middleOf(details.content.sha256);
  } catch {
    // It is asked for again, and what is wrong is said, when somebody goes there.
  }
}
