import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { viewOf } from "../../features/duplicates/view";
import { root } from "../root";

const start = createRoute({
  getParentRoute: () => root,
  path: "/duplicates",
  component: lazyRouteComponent(() => import("../../features/duplicates/start-page"), "StartPage"),
});

const review = createRoute({
  getParentRoute: () => root,
  path: "/duplicates/$review",
  validateSearch: viewOf,
  component: lazyRouteComponent(() => import("../../features/duplicates/review-page"), "ReviewPage"),
});

export const duplicatesRoutes = [start, review] as const;
