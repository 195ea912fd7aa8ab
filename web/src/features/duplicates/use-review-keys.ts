import { useEffect, useEffectEvent } from "react";

/** What the keys of a review do. */
export interface ReviewActs {
  readonly step: (by: number) => void;
  readonly ends: (last: boolean) => void;
  readonly file: (by: number) => void;
  readonly keep: (number: number) => void;
  readonly mark: () => void;
  readonly decide: () => void;
  readonly distinct: () => void;
  readonly stack: () => void;
  readonly link: () => void;
  readonly compare: () => void;
  readonly undo: () => void;
  readonly overview: () => void;
  readonly help: () => void;
}

/** Where keys mean something else. */
const TYPING = "input, select, textarea, [contenteditable], [role=dialog], [role=tablist]";

/** Keys that press what has the focus. */
const PRESSES = ["Enter", " "];

const keys: Readonly<Record<string, (acts: ReviewActs) => void>> = {
  ArrowDown: (acts) => acts.step(1),
  j: (acts) => acts.step(1),
  ArrowUp: (acts) => acts.step(-1),
  k: (acts) => acts.step(-1),
  Home: (acts) => acts.ends(false),
  End: (acts) => acts.ends(true),
  ArrowRight: (acts) => acts.file(1),
  ArrowLeft: (acts) => acts.file(-1),
  x: (acts) => acts.mark(),
  Enter: (acts) => acts.decide(),
  n: (acts) => acts.distinct(),
  s: (acts) => acts.stack(),
  h: (acts) => acts.link(),
  c: (acts) => acts.compare(),
  u: (acts) => acts.undo(),
  o: (acts) => acts.overview(),
  "?": (acts) => acts.help(),
};

/** Answers keys anywhere on the page, but where something is typed or a window is open. */
export function useReviewKeys(acts: ReviewActs, isOn: boolean) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.altKey || target?.closest(TYPING)) return;
    if (PRESSES.includes(event.key) && target?.closest("button, a")) return;
    const number = Number(event.key);
    const act = number >= 1 ? (on: ReviewActs) => on.keep(number) : keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(acts);
  });
  useEffect(() => {
    if (!isOn) return undefined;
    const heard = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", heard);
    return () => window.removeEventListener("keydown", heard);
  }, [isOn]);
}
