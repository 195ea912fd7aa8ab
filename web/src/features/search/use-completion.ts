import { useState, type KeyboardEvent } from "react";

import { usePast, useSuggestions } from "./asked";
import { placeOf, replaced, slice } from "./line";

/** Suggestions that are shown at once. */
const MOST = 8;

/** A way to go on: the whole text that it makes, where the cursor then is, and what to show. */
export interface Way {
  readonly shown: string;
  readonly about: string | null;
  readonly text: string;
  readonly cursor: number;
  /** Nothing follows it: it is searched at once. */
  readonly isWhole: boolean;
}

interface Completion {
  readonly ways: readonly Way[];
  readonly chosen: number;
  readonly typed: (text: string, cursor: number) => void;
  readonly take: (way: Way) => void;
  readonly open: () => void;
  readonly close: () => void;
  /** Takes a key of the list; false where the key is none of it. */
  readonly press: (event: KeyboardEvent) => boolean;
}

/** Ways to go on with a text: fields and values of the library, or earlier searches while nothing is typed. */
export function useCompletion(text: string, accept: (way: Way) => void): Completion {
  const [cursor, setCursor] = useState(text.length);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const isEmpty = text.trim() === "";
  const found = useSuggestions(text, placeOf(text, cursor), isOpen && !isEmpty);
  const past = usePast();
  const ways = !isOpen
    ? []
    : isEmpty
      ? (past.data ?? []).slice(0, MOST).map(whole)
      : (found.data?.suggestions ?? []).slice(0, MOST).map(({ start, end, ...rest }) => {
          const made = replaced(text, start, end, rest.text);
          const place = slice(made, 0, start).length + rest.text.length;
          return { shown: rest.text, about: rest.about, text: made, cursor: place, isWhole: false };
        });
  const take = (way: Way) => {
    setChosen(-1);
    setCursor(way.cursor);
    if (way.isWhole) setOpen(false);
    accept(way);
  };
  const press = (event: KeyboardEvent): boolean => {
    const picked = ways[chosen];
    if (event.key === "ArrowDown" && ways.length === 0) setOpen(true);
    else if (event.key === "ArrowDown") setChosen((chosen + 1) % ways.length);
    else if (event.key === "ArrowUp" && ways.length > 0) setChosen(chosen <= 0 ? ways.length - 1 : chosen - 1);
    else if (event.key === "Escape" && ways.length > 0) setOpen(false);
    else if ((event.key === "Enter" || event.key === "Tab") && picked !== undefined) take(picked);
    else return false;
    return true;
  };
  return {
    ways,
    chosen: Math.min(chosen, ways.length - 1),
    press,
    take,
    open: () => setOpen(true),
    close: () => {
      setOpen(false);
      setChosen(-1);
    },
    typed: (next, at) => {
      setCursor(Math.min(at, next.length));
      setOpen(true);
      setChosen(-1);
    },
  };
}

const whole = (line: string): Way => ({ shown: line, about: null, text: line, cursor: line.length, isWhole: true });
