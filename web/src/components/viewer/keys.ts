import { useEffect, useEffectEvent, type RefObject } from "react";

/** What a key does; answers false where it has nothing to do, and the key goes on. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- most acts have nothing to answer
export type Act = () => boolean | void;

const WRITING = "input, textarea, select, [contenteditable='true']";

/**
 * Hears keys while the focus is within an element or nowhere. Those that did something go no further: the page
 * below has keys of its own.
 */
export function useKeys(element: RefObject<HTMLElement | null>, acts: Readonly<Record<string, Act>>) {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !isFor(element.current, event.target)) return;
    const act = acts[event.key];
    if (act === undefined || act() === false) return;
    event.preventDefault();
    event.stopPropagation();
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => pressed(event);
    window.addEventListener("keydown", hear, true);
    return () => window.removeEventListener("keydown", hear, true);
  }, []);
}

/** Whether no dialog is open but the one that an element is in. */
export const isTop = (element: Element | null): boolean =>
  [...document.querySelectorAll("[role='dialog'], [role='alertdialog']")].every((each) => each.contains(element));

function isFor(element: HTMLElement | null, target: EventTarget | null): boolean {
  if (target === document.body) return isTop(element);
  return target instanceof Element && element?.contains(target) === true && !target.matches(WRITING);
}
