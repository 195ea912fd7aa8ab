import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { pictureOf } from "../../components/viewer/address";
import { string } from "../../lib/parameters";
import { root } from "../root";

const map = createRoute({
  getParentRoute: () => root,
  path: "/map",
  validateSearch: (given): { q?: string; picture?: number } => {
    const q = string(given["q"]);
    return { ...(q === undefined ? {} : { q }), ...pictureOf(given) };
  },
  component: lazyRouteComponent(() => import("../../features/map/map-page"), "MapPage"),
});

export const mapRoutes = [map] as const;
