import { useMutation, useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type Round = components["schemas"]["GameRound"];
export type Verdict = components["schemas"]["GameVerdict"];
export type Nearness = components["schemas"]["GameNearness"];

/** A round; another number deals another one. */
export const useRound = (number: number) =>
  useQuery({
    queryKey: ["game", number],
    queryFn: () => dataOf(api.GET("/api/v1/game")),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });

export const useGuess = () =>
  useMutation({
    mutationFn: (guess: { readonly token: string; readonly word: string }) =>
      dataOf(api.POST("/api/v1/game", { body: guess })),
  });
