import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { string } from "../../lib/parameters";
import { root } from "../root";

/** An address of these pages; any other is none to go to. */
const own = (address: string | undefined) =>
  address?.startsWith("/") && !address.startsWith("//") ? { next: address } : {};

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string } => own(string(search["next"])),
  component: lazyRouteComponent(() => import("../../features/session/sign-in-page"), "SignInPage"),
});

export const sessionRoutes = [signIn] as const;
