import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "../root";

const library = createRoute({
  getParentRoute: () => root,
  path: "/library",
  component: lazyRouteComponent(() => import("../../features/library/library-page"), "LibraryPage"),
});

export const libraryRoutes = [library] as const;
