import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { string } from "../../lib/parameters";
import { root } from "../root";

const journal = createRoute({
  getParentRoute: () => root,
  path: "/journal",
  validateSearch: (given): { act?: string } => {
    const act = string(given["act"]);
    return act === undefined ? {} : { act };
  },
  component: lazyRouteComponent(() => import("../../features/journal/journal-page"), "JournalPage"),
});

const trash = createRoute({
  getParentRoute: () => root,
  path: "/trash",
  component: lazyRouteComponent(() => import("../../features/journal/trash-page"), "TrashPage"),
});

export const journalRoutes = [journal, trash] as const;
