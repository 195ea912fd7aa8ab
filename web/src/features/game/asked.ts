import { useMutation, useQuery } from "@tanstack/react-query";

import { api, dataOf } from "../../api/client";
import { Problem } from "../../api/problem";
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
    // A model without words will not learn any by being asked again.
    retry: (times, error) => times < 4 && !(error instanceof Problem),
  });

export const useGuess = () =>
  useMutation({
    mutationFn: (guess: { readonly token: string; readonly word: string }) =>
      dataOf(api.POST("/api/v1/game", { body: guess })),
  });
