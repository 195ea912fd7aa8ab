import { lazy, Suspense } from "react";

import type { Picture, Source } from "./source";

export interface ViewerProps {
  readonly source: Source;
  readonly index: number;
  readonly onMove: (index: number) => void;
  readonly onClose: () => void;
  /** Hears which picture is at the position, when it is known. */
  readonly onSeen?: (picture: Picture) => void;
  /** Offers to move a picture to the trash; asks, does it, and changes the list. */
  readonly onTrash?: (picture: Picture) => void;
}

/** Fetches the code of the viewer, so that it is there when a picture is opened. */
export const load = () => import("./viewer-window");

const Window = lazy(async () => ({ default: (await load()).ViewerWindow }));

/** One picture as large as the window, with what is known of it; arrows go through the whole list. */
export const Viewer = (props: ViewerProps) => (
  <Suspense fallback={null}>
    <Window {...props} />
  </Suspense>
);
