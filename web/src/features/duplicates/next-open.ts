/** Groups that are looked at for the next open one before the next is taken as it is. */
const LOOKED_AT = 200;

/** The place after `at` whose group is open, or is not known yet; the next place where none of those near is. */
export function nextOpen(at: number, total: number, isDecided: (index: number) => boolean): number {
  for (let index = at + 1; index < Math.min(total, at + LOOKED_AT); index += 1) {
    if (!isDecided(index)) return index;
  }
  return at + 1;
}

/** The nearest place up to `at` that has a group, or null where none of those near does. */
export function placeBefore(at: number, isIt: (index: number) => boolean): number | null {
  for (let index = at; index >= Math.max(0, at - LOOKED_AT); index -= 1) {
    if (isIt(index)) return index;
  }
  return null;
}
