import { createRouter } from "@tanstack/react-router";

import { root } from "./root";
import { duplicatesRoutes } from "./routes/duplicates";
import { foldersRoutes } from "./routes/folders";
import { gameRoutes } from "./routes/game";
import { jobsRoutes } from "./routes/jobs";
import { journalRoutes } from "./routes/journal";
import { libraryRoutes } from "./routes/library";
import { mapRoutes } from "./routes/map";
import { modelsRoutes } from "./routes/models";
import { rulesRoutes } from "./routes/rules";
import { searchRoutes } from "./routes/search";
import { sessionRoutes } from "./routes/session";
import { startRoutes } from "./routes/start";

export const router = createRouter({
  routeTree: root.addChildren([
    ...startRoutes,
    ...sessionRoutes,
    ...libraryRoutes,
    ...foldersRoutes,
    ...duplicatesRoutes,
    ...searchRoutes,
    ...jobsRoutes,
    ...mapRoutes,
    ...gameRoutes,
    ...modelsRoutes,
    ...journalRoutes,
    ...rulesRoutes,
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
