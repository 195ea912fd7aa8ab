import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { pictureOf } from "../../components/viewer/address";
import { root } from "../root";

/** The parameters of the page: the line, the picture that is looked at, and short ways to ask for pictures like one. */
interface Address {
  readonly q?: string;
  readonly picture?: number;
  readonly similar?: number;
  readonly region?: string;
}

const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: (given): Address => {
    // What looks like a number was typed all the same: ?q=2019.
    const q = typeof given["q"] === "string" || typeof given["q"] === "number" ? String(given["q"]).trim() : "";
    const similar = Number(given["similar"]);
    const region = given["region"];
    return {
      ...(q === "" ? {} : { q }),
      ...(Number.isSafeInteger(similar) && similar > 0 ? { similar } : {}),
      ...(typeof region === "string" ? { region } : {}),
      ...pictureOf(given),
    };
  },
  beforeLoad: ({ search: { similar, region, q } }) => {
    if (similar === undefined) return;
    const line = [`like:asset:${similar}${region === undefined ? "" : `@${region}`}`, q ?? ""].join(" ").trim();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's own way to go elsewhere
    throw redirect({ to: "/search", search: { q: line }, replace: true });
  },
  component: lazyRouteComponent(() => import("../../features/search/search-page"), "SearchPage"),
});

export const searchRoutes = [search] as const;
