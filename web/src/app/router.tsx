import { createRouter } from "@tanstack/react-router";

import { root } from "./root";
import { duplicatesRoutes } from "./routes/duplicates";
import { jobsRoutes } from "./routes/jobs";
import { libraryRoutes } from "./routes/library";
import { searchRoutes } from "./routes/search";
import { sessionRoutes } from "./routes/session";
import { startRoutes } from "./routes/start";

export const router = createRouter({
  routeTree: root.addChildren([
    ...startRoutes,
    ...sessionRoutes,
    ...libraryRoutes,
    ...duplicatesRoutes,
    ...searchRoutes,
    ...jobsRoutes,
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
