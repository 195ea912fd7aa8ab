import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { pictureOf } from "../../components/viewer/address";
import { root } from "../root";

const game = createRoute({
  getParentRoute: () => root,
  path: "/game",
  validateSearch: (given): { picture?: number } => pictureOf(given),
  component: lazyRouteComponent(() => import("../../features/game/game-page"), "GamePage"),
});

export const gameRoutes = [game] as const;
