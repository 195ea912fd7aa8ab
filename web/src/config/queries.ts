import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "../api/problem";

/** Event of the window: the server wants a key that it was not given. */
export const SIGNED_OUT = "pinakes:signed-out";

const refused = (error: Error) => error instanceof Problem && error.status < 500;

const onError = (error: Error) => {
  if (error instanceof Problem && error.status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
};

/** Answers of 4xx will not change by asking again; a server that restarts is asked a few times more. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (times, error) => times < 4 && !refused(error),
      retryDelay: (times) => Math.min(500 * 2 ** times, 5000),
    },
  },
});
