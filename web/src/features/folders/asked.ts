import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type Folder = components["schemas"]["FolderCount"];

/** Pictures shown of a folder, and folders or files asked for at a time. */
const PREVIEW = 18;
const PAGE = 100;

const key = ["folders"];

export const useRoots = () =>
  useQuery({ queryKey: key, queryFn: () => dataOf(api.GET("/api/v1/folders")) });

/** The folders in one, page by page, with where it is. */
export const useTree = (under: string, wanted = true) =>
  useInfiniteQuery({
    queryKey: [...key, "tree", under],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/v1/folders/tree", {
          params: { query: { under, limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: wanted,
  });

export const useStanding = (folder: string) =>
  useQuery({
    queryKey: [...key, "state", folder],
    queryFn: () => dataOf(api.GET("/api/v1/folders/state", { params: { query: { folder } } })),
  });

/** The first pictures of a folder that are there. */
export const usePreview = (folder: string) =>
  useQuery({
    queryKey: [...key, "preview", folder],
    queryFn: async () => {
      const query = { folder, outcome: "stored", limit: PREVIEW } as const;
      const { assets } = await dataOf(api.GET("/api/v1/assets", { params: { query } }));
      return assets.filter((asset) => !asset.missing);
    },
  });

export const useRefused = (folder: string, wanted: boolean) =>
  useInfiniteQuery({
    queryKey: [...key, "refused", folder],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const query = { folder, outcome: "refused", limit: PAGE } as const;
      const cursor = pageParam === undefined ? {} : { cursor: pageParam };
      return dataOf(api.GET("/api/v1/assets", { params: { query: { ...query, ...cursor } } }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: wanted,
  });

export const usePlaces = (beginning: string) =>
  useQuery({
    queryKey: [...key, "places", beginning],
    queryFn: () => dataOf(api.GET("/api/v1/folders/places", { params: { query: { beginning } } })),
    placeholderData: (before) => before,
  });

/** Has a folder brought up to date. */
export function useIngest() {
  const client = useQueryClient();
  return useMutation({
    // What a request leaves out has its default, which the generated types do not know.
    mutationFn: (directory: string) =>
      dataOf(api.POST("/api/v1/ingest", { body: { directory } as components["schemas"]["IngestRequest"] })),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Asks anew for everything that is told of folders. */
export function useAskAgain() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: key });
}
