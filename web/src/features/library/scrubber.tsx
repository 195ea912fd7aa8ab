import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";

import { text } from "../../config/text";
import { blockAt, UNDATED, type Block } from "./blocks";
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
  const name = nameAt(blocks, tops, place);
  const years = useMemo(() => apart(yearsOf(blocks, tops, total)), [blocks, tops, total]);
  const point = (event: PointerEvent<HTMLElement>) => {
    const { top, height: long } = event.currentTarget.getBoundingClientRect();
    setPointed(Math.min(1, Math.max(0, (event.clientY - top) / long)));
  };
  const press = (event: KeyboardEvent) => {
    const way = event.key in KEYS ? KEYS[event.key as keyof typeof KEYS] : undefined;
    if (way === undefined) return;
    event.preventDefault();
    onGo(beginBeside(blocks, tops, place, way[0], way[1]));
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
          {nameAt(blocks, tops, pointed * span)}
        </span>
      )}
    </div>
  );
}

/** The month at a place; of joined months the one as far within. */
function monthAt(blocks: readonly Block[], tops: Float64Array, place: number): string {
  const index = blockAt(tops, place);
  const block = blocks[index];
  if (block === undefined) return UNDATED;
  const share = (place - (tops[index] ?? 0)) / Math.max(1, (tops[index + 1] ?? 0) - (tops[index] ?? 0));
  let rest = share * block.count;
  return (block.parts.find((part) => (rest -= part.count) < 0) ?? block.parts.at(-1))?.month ?? UNDATED;
}

const nameAt = (blocks: readonly Block[], tops: Float64Array, place: number) =>
  blocks.length === 0 ? "" : monthName(monthAt(blocks, tops, place));

/** Where the next month (of `letters` 7) or year (4) begins in a direction. */
function beginBeside(blocks: readonly Block[], tops: Float64Array, place: number, by: -1 | 1, letters: 4 | 7): number {
  const nameOf = (index: number) => blocks[index]?.parts[0]?.month.slice(0, letters);
  const here = blockAt(tops, place + 1);
  let index = here;
  const isAtBegin = place - (tops[here] ?? 0) < 2 && nameOf(here - 1) !== nameOf(here);
  if (by < 0 && isAtBegin) index -= 1;
  if (by > 0) while (index < blocks.length - 1 && nameOf(index) === nameOf(here)) index += 1;
  else while (index > 0 && nameOf(index - 1) === nameOf(index)) index -= 1;
  return tops[Math.max(0, index)] ?? 0;
}

interface Year {
  readonly year: string;
  readonly share: number;
}

/** Where each year begins, as a share of the whole. */
function yearsOf(blocks: readonly Block[], tops: Float64Array, total: number): readonly Year[] {
  const years: Year[] = [];
  blocks.forEach(({ parts, count }, index) => {
    const top = tops[index] ?? 0;
    const height = (tops[index + 1] ?? top) - top;
    let before = 0;
    for (const part of parts) {
      const year = part.month.slice(0, 4);
      if (part.month !== UNDATED && years.at(-1)?.year !== year)
        years.push({ year, share: (top + (height * before) / count) / total });
      before += part.count;
    }
  });
  return years;
}

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
