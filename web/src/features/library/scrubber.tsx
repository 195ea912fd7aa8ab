import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";

import { text } from "../../config/text";
import { lastUpTo, UNDATED, type Block } from "./blocks";
import { monthName } from "./dates";

interface Props {
  readonly blocks: readonly Block[];
  readonly tops: Float64Array;
  readonly place: number;
  readonly height: number;
  readonly onGo: (place: number) => void;
}

/** Steps of the slider, more than a window has pixels. */
const STEPS = 4000;

/** Keys that go to the month, or the year, before and after. */
const KEYS = {
  ArrowUp: [-1, 7],
  ArrowLeft: [-1, 7],
  ArrowDown: [1, 7],
  ArrowRight: [1, 7],
  PageUp: [-1, 4],
  PageDown: [1, 4],
} as const;

/** The whole time of the library at the edge: says the month in sight and that under the mouse, goes to any. */
export function Scrubber({ blocks, tops, place, height, onGo }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const total = Math.max(1, tops[blocks.length] ?? 1);
  const span = Math.max(1, total - height);
  const begins = useMemo(() => beginsOf(blocks, tops), [blocks, tops]);
  const years = useMemo(() => apart(yearsOf(begins, total)), [begins, total]);
  const name = nameAt(begins, place);
  const point = (event: PointerEvent<HTMLElement>) => {
    const { top, height: long } = event.currentTarget.getBoundingClientRect();
    setPointed(Math.min(1, Math.max(0, (event.clientY - top) / long)));
  };
  const press = (event: KeyboardEvent) => {
    const way = event.key in KEYS ? KEYS[event.key as keyof typeof KEYS] : undefined;
    if (way === undefined) return;
    event.preventDefault();
    onGo(beginBeside(begins, place, way[0], way[1]));
  };
  return (
    <div className="scrubber" onPointerMove={point} onPointerLeave={() => setPointed(null)}>
      {years.map(({ year, share }) => (
        <span key={year} aria-hidden="true" style={{ top: `${share * 100}%` }}>
          {year}
        </span>
      ))}
      <input
        type="range"
        min={0}
        max={STEPS}
        step={1}
        value={Math.round((place / span) * STEPS)}
        aria-label={text.library.timeline}
        aria-valuetext={name}
        aria-orientation="vertical"
        onChange={(event) => onGo((Number(event.currentTarget.value) / STEPS) * span)}
        onKeyDown={press}
      />
      <output style={{ top: `${Math.min(1, place / span) * 100}%` }}>{name}</output>
      {pointed === null ? null : (
        <span className="pointed" aria-hidden="true" style={{ top: `${pointed * 100}%` }}>
          {nameAt(begins, pointed * span)}
        </span>
      )}
    </div>
  );
}

/** A month, and where it begins, pixels from the top. */
interface Begin {
  readonly month: string;
  readonly top: number;
}

/** Where each month begins; of joined months as far within their block as pictures come before. */
function beginsOf(blocks: readonly Block[], tops: Float64Array): readonly Begin[] {
  return blocks.flatMap(({ parts, count }, index) => {
    const top = tops[index] ?? 0;
    const height = (tops[index + 1] ?? top) - top;
    let before = 0;
    return parts.flatMap((part) => {
      const begin = { month: part.month, top: top + (height * before) / count };
      before += part.count;
      return part.offset === 0 ? [begin] : [];
    });
  });
}

const indexAt = (begins: readonly Begin[], place: number) =>
  lastUpTo(begins.length, (index) => begins[index]?.top ?? 0, place + 1);

const nameAt = (begins: readonly Begin[], place: number) => {
  const begin = begins[indexAt(begins, place)];
  return begin === undefined ? "" : monthName(begin.month);
};

/** Where the month (of `letters` 7) or year (4) before or after begins; going back, first where this one does. */
function beginBeside(begins: readonly Begin[], place: number, by: -1 | 1, letters: 4 | 7): number {
  const nameOf = (index: number) => begins[index]?.month.slice(0, letters);
  let index = indexAt(begins, place);
  const isAtBegin = place - (begins[index]?.top ?? 0) < 2;
  if (by > 0) {
    const here = nameOf(index);
    while (index < begins.length - 1 && nameOf(index) === here) index += 1;
  } else {
    if (isAtBegin && index > 0) index -= 1;
    while (index > 0 && nameOf(index - 1) === nameOf(index)) index -= 1;
  }
  return begins[index]?.top ?? 0;
}

interface Year {
  readonly year: string;
  readonly share: number;
}

/** Where each year begins, as a share of the whole. */
const yearsOf = (begins: readonly Begin[], total: number): readonly Year[] =>
  begins.flatMap(({ month, top }, index) => {
    const year = month.slice(0, 4);
    const isFirst = month !== UNDATED && begins[index - 1]?.month.slice(0, 4) !== year;
    return isFirst ? [{ year, share: top / total }] : [];
  });

/** Least share of the height between two years that are named. */
const LEAST = 0.035;

/** Leaves out years that would be written over one another. */
function apart(years: readonly Year[]): readonly Year[] {
  let last = -1;
  return years.filter(({ share }) => {
    if (share - last < LEAST) return false;
    last = share;
    return true;
  });
}
