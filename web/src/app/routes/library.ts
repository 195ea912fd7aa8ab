import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { pictureOf } from "../../components/viewer/address";
import { string } from "../../lib/parameters";
import { root } from "../root";

const library = createRoute({
  getParentRoute: () => root,
  path: "/library",
  validateSearch: (given): { folder?: string; picture?: number } => {
    const folder = string(given["folder"]);
    return { ...(folder === undefined ? {} : { folder }), ...pictureOf(given) };
  },
  component: lazyRouteComponent(() => import("../../features/library/library-page"), "LibraryPage"),
});

export const libraryRoutes = [library] as const;
