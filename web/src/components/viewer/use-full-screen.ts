import { useSyncExternalStore } from "react";

const follow = (changed: () => void) => {
  document.addEventListener("fullscreenchange", changed);
  return () => document.removeEventListener("fullscreenchange", changed);
};

/** Whether the page fills the screen, and how that is changed; the whole page does, so that dialogs are seen. */
export function useFullScreen() {
  const isFull = useSyncExternalStore(follow, () => document.fullscreenElement !== null);
  const toggle = () => {
    // A browser that forbids it stays as it is.
    const asked = isFull ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    asked.catch(() => undefined);
  };
  return { isFull, toggle, isOffered: document.fullscreenEnabled };
}
