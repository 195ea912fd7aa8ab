import { useEffect, useEffectEvent } from "react";

/** Id of the box that the key goes to, where it is on the page. */
export const SEARCH_BOX = "search-box";

/** Elements that take what is typed themselves. */
const TYPING = "input, textarea, select, [contenteditable='true'], [role='textbox']";

/** Has Ctrl-K, Cmd-K and `/` go to the search box; `go` opens its page where it is not shown. */
export function useSearchKey(go: () => void): void {
  const open = useEffectEvent(go);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isAsked(event)) return;
      event.preventDefault();
      const box = document.getElementById(SEARCH_BOX);
      if (box instanceof HTMLInputElement) {
        box.focus();
        box.select();
      } else open();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

function isAsked(event: KeyboardEvent): boolean {
  // A window over the page keeps the keys to itself.
  if (event.defaultPrevented || document.querySelector("[aria-modal='true'], dialog[open]") !== null) return false;
  if (event.key.toLowerCase() === "k") return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  const typing = event.target instanceof Element && event.target.closest(TYPING) !== null;
  return event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
}
