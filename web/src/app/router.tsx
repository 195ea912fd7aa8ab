import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { Shell } from "./shell";

const root = createRootRoute({ component: Shell });

const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to go elsewhere
    throw redirect({ to: "/library" });
  },
});

const library = createRoute({
  getParentRoute: () => root,
  path: "/library",
  component: lazyRouteComponent(() => import("../features/library/library-page"), "LibraryPage"),
});

const duplicates = createRoute({
  getParentRoute: () => root,
  path: "/duplicates",
  component: lazyRouteComponent(() => import("../features/duplicates/start-page"), "StartPage"),
});

const review = createRoute({
  getParentRoute: () => root,
  path: "/duplicates/$review",
  validateSearch: (search): { tier?: string; group?: string } => {
    const tier = string(search["tier"]);
    const group = string(search["group"]);
    return { ...(tier === undefined ? {} : { tier }), ...(group === undefined ? {} : { group }) };
  },
  component: lazyRouteComponent(() => import("../features/duplicates/review-page"), "ReviewPage"),
});

const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: (given): { q?: string } => {
    const q = string(given["q"]);
    return q === undefined ? {} : { q };
  },
  component: lazyRouteComponent(() => import("../features/search/search-page"), "SearchPage"),
});

const work = createRoute({
  getParentRoute: () => root,
  path: "/work",
  component: lazyRouteComponent(() => import("../features/jobs/work-page"), "WorkPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([start, library, duplicates, review, search, work]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
