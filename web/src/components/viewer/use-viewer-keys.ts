import type { RefObject } from "react";

import { useKeys } from "./keys";
import { originalOf } from "./sharpness";
import type { useFullScreen } from "./use-full-screen";
import type { Zoom } from "./use-zoom";

interface Options {
  readonly frame: RefObject<HTMLElement | null>;
  readonly asset: number | undefined;
  readonly zoom: Zoom;
  readonly index: number;
  readonly last: number;
  /** Goes to a position; false where there is none. */
  readonly onGo: (to: number) => boolean;
  readonly screen: ReturnType<typeof useFullScreen>;
  readonly onPanel: () => void;
  readonly onTrash: (() => void) | null;
  readonly onClose: () => void;
}

/** The keys of the viewer; arrows move a picture that is larger than its room, else go to its neighbours. */
export function useViewerKeys({ frame, asset, zoom, index, last, onGo, screen, onPanel, onTrash, onClose }: Options) {
  useKeys(frame, {
    "+": zoom.closer,
    "=": zoom.closer,
    "-": zoom.farther,
    "0": zoom.fit,
    "1": zoom.full,
    ArrowUp: () => zoom.pan(0, 1),
    ArrowDown: () => zoom.pan(0, -1),
    ArrowLeft: () => zoom.pan(1, 0) || onGo(index - 1),
    ArrowRight: () => zoom.pan(-1, 0) || onGo(index + 1),
    Home: () => onGo(0),
    End: () => onGo(last),
    f: screen.toggle,
    i: onPanel,
    d: () => download(asset),
    Delete: onTrash ?? (() => false),
    Escape: onClose,
  });
}

function download(asset: number | undefined) {
  if (asset === undefined) return;
  const link = document.createElement("a");
  link.href = `${originalOf(asset)}?download=1`;
  link.download = "";
  link.click();
}
