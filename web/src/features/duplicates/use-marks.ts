import { useState } from "react";

import type { Group } from "./asked";
import { isOpen } from "./decided";
import { only, proposed, toggled, type Stays } from "./marks";
import type { Outcome } from "./use-decisions";

export interface Marks {
  readonly stays: Stays;
  /** The file that keys are about. */
  readonly current: number;
  /** Marks this file as the only one that stays. */
  readonly keep: (index: number) => void;
  /** Marks that this file stays, or goes. */
  readonly toggle: (index: number) => void;
  readonly step: (by: number) => void;
}

/** Which files of the group that is looked at stay; with the next group everything is as proposed again. */
export function useMarks(group: Group | undefined, outcome: Outcome | undefined, references: readonly string[]): Marks {
  const [marked, setMarked] = useState<{ group: string; stays: Stays; current: number } | null>(null);
  const own = group !== undefined && marked?.group === group.id ? marked : null;
  const stays = own?.stays ?? (group === undefined ? [] : proposed(group, references));
  const current = own?.current ?? 0;
  const mark = (next: Stays, file: number) => {
    if (group !== undefined && isOpen(group, outcome)) setMarked({ group: group.id, stays: next, current: file });
  };
  const pathAt = (index: number) => group?.assets[index]?.path;
  return {
    stays,
    current,
    keep: (index) => {
      const path = pathAt(index);
      if (group !== undefined && path !== undefined) mark(only(path, group, references), index);
    },
    toggle: (index) => {
      const path = pathAt(index);
      if (path !== undefined) mark(toggled(stays, path), index);
    },
    step: (by) => {
      if (group !== undefined) mark(stays, Math.max(0, Math.min(group.assets.length - 1, current + by)));
    },
  };
}
