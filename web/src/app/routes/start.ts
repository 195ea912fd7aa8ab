import { createRoute, redirect } from "@tanstack/react-router";

import { root } from "../root";

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to go elsewhere
    throw redirect({ to: "/library" });
  },
});

export const startRoutes = [start] as const;
