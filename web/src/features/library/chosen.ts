import type { Month } from "./blocks";

/** Positions of the library from `from` up to but without `end`. */
export interface Interval {
  readonly from: number;
  readonly end: number;
}

/**
 * Chosen pictures as ascending intervals that do not touch one another: the whole library is one interval, all but
 * three pictures are four, and nothing here is as long as the library.
 */
export type Chosen = readonly Interval[];

export const NONE: Chosen = [];

export const sizeOf = (chosen: Chosen): number => chosen.reduce((sum, { from, end }) => sum + end - from, 0);

export const has = (chosen: Chosen, position: number): boolean =>
  chosen.some(({ from, end }) => from <= position && position < end);

/** Chooses an interval as well. */
export function withInterval(chosen: Chosen, { from, end }: Interval): Chosen {
  const apart = chosen.filter((one) => one.end < from || one.from > end);
  const touching = chosen.filter((one) => one.end >= from && one.from <= end);
  const joined = {
    from: Math.min(from, ...touching.map((one) => one.from)),
    end: Math.max(end, ...touching.map((one) => one.end)),
  };
  return [...apart, joined].sort((one, other) => one.from - other.from);
}

/** Chooses an interval no more. */
export const without = (chosen: Chosen, { from, end }: Interval): Chosen =>
  chosen.flatMap((one) =>
    [
      { from: one.from, end: Math.min(one.end, from) },
      { from: Math.max(one.from, end), end: one.end },
    ].filter((rest) => rest.from < rest.end),
  );

/** The interval between two positions, both with it. */
export const between = (one: number, other: number): Interval => ({
  from: Math.min(one, other),
  end: Math.max(one, other) + 1,
});

export const toggled = (chosen: Chosen, position: number): Chosen =>
  (has(chosen, position) ? without : withInterval)(chosen, between(position, position));

/** An interval within a month, as the server is asked for it. */
export interface InMonth {
  readonly month: string;
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** What is chosen, month by month. */
export function byMonth(chosen: Chosen, months: readonly Month[]): readonly InMonth[] {
  const found: InMonth[] = [];
  let first = 0;
  let next = 0;
  for (const { month, count } of months) {
    for (; (chosen[next]?.from ?? Infinity) < first + count; next += 1) {
      const { from, end } = chosen[next] ?? { from: 0, end: 0 };
      found.push({ month, start: Math.max(0, from - first), end: Math.min(count, end - first), count });
      if (end > first + count) break;
    }
    first += count;
  }
  return found;
}

/** What of it still means the same pictures when the months have changed: what lies in months as long as before. */
export function carried(chosen: Chosen, before: readonly Month[], after: readonly Month[]): Chosen {
  if (before === after || chosen.length === 0) return chosen;
  const firsts = new Map<string, { first: number; count: number }>();
  after.reduce((first, { month, count }) => {
    firsts.set(month, { first, count });
    return first + count;
  }, 0);
  return byMonth(chosen, before).reduce<Chosen>((kept, { month, start, end, count }) => {
    const now = firsts.get(month);
    return now?.count === count ? withInterval(kept, { from: now.first + start, end: now.first + end }) : kept;
  }, NONE);
}

/** The same in parts of at most so many pictures each. */
export function portioned(intervals: readonly InMonth[], most: number): readonly (readonly InMonth[])[] {
  const portions: InMonth[][] = [];
  let room = 0;
  for (const interval of intervals) {
    for (let start = interval.start; start < interval.end; ) {
      if (room === 0) {
        portions.push([]);
        room = most;
      }
      const end = Math.min(interval.end, start + room);
      portions.at(-1)?.push({ ...interval, start, end });
      room -= end - start;
      start = end;
    }
  }
  return portions;
}
