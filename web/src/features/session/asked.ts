import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";

export const useSession = () =>
  useQuery({ queryKey: ["session"], queryFn: () => dataOf(api.GET("/api/v1/session")), staleTime: Infinity });

/** Gives the key; whatever failed for want of it is asked anew. */
export function useSignIn(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => dataOf(api.POST("/api/v1/session", { body: { key } })),
    onSuccess: async () => {
      await client.resetQueries();
      onDone();
    },
  });
}

/** Forgets the session here, and with it everything that was shown. */
export function useSignOut(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => dataOf(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      onDone();
      client.clear();
    },
  });
}
