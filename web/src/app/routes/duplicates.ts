import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { string } from "../../lib/parameters";
import { root } from "../root";

const start = createRoute({
  getParentRoute: () => root,
  path: "/duplicates",
  component: lazyRouteComponent(() => import("../../features/duplicates/start-page"), "StartPage"),
});

const review = createRoute({
  getParentRoute: () => root,
  path: "/duplicates/$review",
  validateSearch: (search): { tier?: string; group?: string } => {
    const tier = string(search["tier"]);
    const group = string(search["group"]);
    return { ...(tier === undefined ? {} : { tier }), ...(group === undefined ? {} : { group }) };
  },
  component: lazyRouteComponent(() => import("../../features/duplicates/review-page"), "ReviewPage"),
});

export const duplicatesRoutes = [start, review] as const;
