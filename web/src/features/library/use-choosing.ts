import { useState } from "react";

import type { Month } from "./blocks";
import { between, carried, NONE, sizeOf, toggled, withInterval, type Chosen } from "./chosen";

interface Choice {
  readonly chosen: Chosen;
  /** What was chosen before the range that is being extended. */
  readonly base: Chosen;
  /** Where that range begins. */
  readonly anchor: number | null;
  readonly isOpen: boolean;
  readonly months: readonly Month[];
  /** How many were let go because the library has changed. */
  readonly dropped: number;
}

/** Chosen pictures, and the acts that choose. */
export interface Choosing {
  readonly chosen: Chosen;
  readonly size: number;
  readonly dropped: number;
  /** Whether a press on a picture chooses it. */
  readonly isOpen: boolean;
  readonly toggle: (position: number) => void;
  /** Chooses from where the last one was chosen up to a position; `from` is where there is none. */
  readonly extend: (position: number, from: number) => void;
  readonly all: () => void;
  readonly clear: () => void;
  readonly open: () => void;
}

/** Keeps what is chosen of the library; positions follow it when it changes. */
export function useChoosing(months: readonly Month[], count: number): Choosing {
  const [kept, set] = useState<Choice>(() => nothing(months, false));
  const state = kept.months === months ? kept : after(kept, months);
  if (state !== kept) set(state);
  return {
    chosen: state.chosen,
    size: sizeOf(state.chosen),
    dropped: state.dropped,
    isOpen: state.isOpen || state.chosen.length > 0,
    toggle: (position) =>
      set((now) => {
        const chosen = toggled(now.chosen, position);
        return { ...now, chosen, base: chosen, anchor: position, dropped: 0 };
      }),
    extend: (position, from) =>
      set((now) => {
        const anchor = now.anchor ?? from;
        return { ...now, anchor, chosen: withInterval(now.base, between(anchor, position)), dropped: 0 };
      }),
    all: () => {
      const chosen = [{ from: 0, end: count }];
      set({ ...nothing(months, true), chosen, base: chosen });
    },
    clear: () => set(nothing(months, false)),
    open: () => set(nothing(months, true)),
  };
}

const nothing = (months: readonly Month[], isOpen: boolean): Choice => ({
  chosen: NONE,
  base: NONE,
  anchor: null,
  isOpen,
  months,
  dropped: 0,
});

function after(before: Choice, months: readonly Month[]): Choice {
  const chosen = carried(before.chosen, before.months, months);
  const dropped = sizeOf(before.chosen) - sizeOf(chosen);
  return { ...before, chosen, base: chosen, anchor: null, months, dropped };
}
