import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type Folder = components["schemas"]["FolderCount"];

/** A picture of a folder; `taken` in Unix seconds of the camera's clock. */
export interface Shown {
  readonly asset: number;
  readonly sha256: string;
  readonly taken: number | null | undefined;
}

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

/** The newest pictures of a folder. */
export const usePreview = (folder: string) =>
  useQuery({ queryKey: [...key, "preview", folder], queryFn: () => newestOf(folder) });

async function newestOf(folder: string): Promise<readonly Shown[]> {
  const { months } = await dataOf(api.GET("/api/v1/timeline", { params: { query: { folder } } }));
  let before = 0;
  const asked = months.slice(0, PREVIEW).flatMap(({ month, count }) => {
    const limit = Math.min(count, PREVIEW - before);
    before += count;
    return limit > 0 ? [monthOf(folder, month, limit)] : [];
  });
  return (await Promise.all(asked)).flat();
}

async function monthOf(folder: string, month: string, limit: number): Promise<readonly Shown[]> {
  const params = { path: { month }, query: { folder, limit } };
  const { assets, sha256, taken_at: taken } = await dataOf(api.GET("/api/v1/timeline/{month}", { params }));
  return assets.map((asset, at) => ({ asset, sha256: sha256[at] ?? "", taken: taken[at] }));
}

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
