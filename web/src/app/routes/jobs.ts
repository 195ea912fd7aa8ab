import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "../root";

const work = createRoute({
  getParentRoute: () => root,
  path: "/work",
  component: lazyRouteComponent(() => import("../../features/jobs/work-page"), "WorkPage"),
});

export const jobsRoutes = [work] as const;
