import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "../root";

const models = createRoute({
  getParentRoute: () => root,
  path: "/models",
  component: lazyRouteComponent(() => import("../../features/models/models-page"), "ModelsPage"),
});

export const modelsRoutes = [models] as const;
