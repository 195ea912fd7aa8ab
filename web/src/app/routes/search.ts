import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { string } from "../../lib/parameters";
import { root } from "../root";

const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: (given): { q?: string } => {
    const q = string(given["q"]);
    return q === undefined ? {} : { q };
  },
  component: lazyRouteComponent(() => import("../../features/search/search-page"), "SearchPage"),
});

export const searchRoutes = [search] as const;
