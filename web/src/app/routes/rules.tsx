import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "../root";

const rules = createRoute({
  getParentRoute: () => root,
  path: "/duplicates/$review/rules",
  component: lazyRouteComponent(() => import("../../features/duplicates/rules-page"), "RulesPage"),
});

export const rulesRoutes = [rules] as const;
