import { lazy, Suspense } from "react";

import type { ViewerProps } from "./source";

/** Fetches the code of the viewer, so that it is there when a picture is opened. */
export const load = () => import("./viewer-window");

const Window = lazy(async () => ({ default: (await load()).ViewerWindow }));

/** One picture as large as the window, with what is known of it; arrows go through the whole list. */
export const Viewer = (props: ViewerProps) => (
  <Suspense fallback={null}>
    <Window {...props} />
  </Suspense>
);
