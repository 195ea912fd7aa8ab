import { createRootRoute } from "@tanstack/react-router";

import { NotFound } from "./not-found";
import { Shell } from "./shell";

/** The route that all others are within. */
export const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
