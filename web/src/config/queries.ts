import { QueryClient } from "@tanstack/react-query";

import { Problem } from "../api/problem";

/** Answers of 4xx will not change by asking again; a server that restarts is asked a few times more. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (times, error) => times < 4 && !(error instanceof Problem && error.status < 500),
      retryDelay: (times) => Math.min(500 * 2 ** times, 5000),
    },
  },
});
