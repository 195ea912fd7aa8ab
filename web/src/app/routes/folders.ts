import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { string } from "../../lib/parameters";
import { root } from "../root";

const folders = createRoute({
  getParentRoute: () => root,
  path: "/folders",
  validateSearch: (given): { folder?: string } => {
    const folder = string(given["folder"]);
    return folder === undefined ? {} : { folder };
  },
  component: lazyRouteComponent(() => import("../../features/folders/folders-page"), "FoldersPage"),
});

export const foldersRoutes = [folders] as const;
