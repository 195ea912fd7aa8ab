import { useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../api/client";

/** Time between two looks at a folder whose watching has been asked for and has not begun, milliseconds. */
const UNTIL_WATCHED = 1000;

/** How a folder stands: whether it is there, how changes in it are noticed, and when it was looked through. */
export const useFolderState = (folder: string) =>
  useQuery({
    queryKey: ["folders", "state", folder],
    queryFn: () => dataOf(api.GET("/api/v1/folders/state", { params: { query: { folder } } })),
    refetchInterval: ({ state }) => (state.data?.watched?.manner === "beginning" ? UNTIL_WATCHED : false),
  });
