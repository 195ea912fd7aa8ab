import { useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";

import { useContentSize } from "../../lib/use-content-size";
import { useTallScroll } from "../../lib/use-tall-scroll";
import { useBlocks, type MonthPage } from "./asked";
import { blockAt, blocksOf, blockWith, guessedHeight, topsOf, type Block, type Month } from "./blocks";
import { anchorAt, movedTo, rowOf, type Anchor, type Geometry } from "./geometry";
import { laidOut, type Laid } from "./layout";

/** Pixels above and below the window that are drawn before they are seen. */
export const AHEAD = 500;

/** Narrowest grid that rows are laid out for, pixels. */
const LEAST_WIDTH = 200;

interface Asked {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly months: readonly Month[];
  readonly folder: string | undefined;
  /** Wanted height of a row for a width of the grid, pixels. */
  readonly wantedAt: (width: number) => number;
  /** The picture that has the keyboard's focus: its row exists wherever the window is. */
  readonly active: number | null;
}

/** Everything about where pictures are: blocks near the window, their rows, and the scrolling over all of them. */
export function useGrid({ scroller, months, folder, wantedAt, active }: Asked) {
  const size = useContentSize(scroller);
  const width = size === null ? 0 : Math.max(LEAST_WIDTH, size.width);
  const wanted = wantedAt(width);
  const blocks = useMemo(() => (width === 0 ? [] : blocksOf(months, width, wanted)), [months, width, wanted]);
  const { heights, learn } = useHeights(blocks, width, wanted);
  const tops = useMemo(() => topsOf(heights), [heights]);
  const scroll = useTallScroll(scroller, tops[blocks.length] ?? 0);
  const { place, height, isRushing } = scroll;
  const first = blockAt(tops, place - AHEAD);
  const last = blockAt(tops, place + height + AHEAD);
  const focused = active === null ? -1 : blockWith(blocks, active);
  const near = useMemo(() => nearOf(blocks, first, last, focused), [blocks, first, last, focused]);
  const pages = useBlocks(near, folder, !isRushing);
  const laid = useMemo(() => laidOf(near, pages, width, wanted), [near, pages, width, wanted]);
  const geometry = useMemo<Geometry>(() => ({ blocks, tops, laid }), [blocks, tops, laid]);
  useLayoutEffect(() => learn(laid), [learn, laid]);
  useAnchor(geometry, months, scroll);
  return { width, wanted, near, pages, geometry, scroll };
}

/** Heights of all blocks: guessed, until their pictures are known. */
function useHeights(blocks: readonly Block[], width: number, wanted: number) {
  const [known, setKnown] = useState<{ blocks: readonly Block[]; heights: ReadonlyMap<string, number> }>();
  const found = known?.blocks === blocks ? known.heights : undefined;
  const heights = useMemo(
    () => blocks.map((block) => found?.get(block.key) ?? guessedHeight(block, width, wanted)),
    [blocks, found, width, wanted],
  );
  const learn = useMemo(
    () => (laid: ReadonlyMap<string, Laid>) =>
      setKnown((before) => {
        const heights = before?.blocks === blocks ? before.heights : new Map<string, number>();
        const learnt = [...laid].filter(([key, { height }]) => Math.abs((heights.get(key) ?? 0) - height) > 0.5);
        if (learnt.length === 0) return before;
        return { blocks, heights: new Map([...heights, ...learnt.map(([key, { height }]) => [key, height] as const)]) };
      }),
    [blocks],
  );
  return { heights, learn };
}

/** Keeps the row at the window's top where it is when heights, widths or the library itself change. */
function useAnchor(geometry: Geometry, months: readonly Month[], { place, stay }: ReturnType<typeof useTallScroll>) {
  const anchor = useRef<Anchor>({ position: 0, delta: 0 });
  const before = useRef({ geometry, place, months });
  useLayoutEffect(() => {
    const was = before.current;
    before.current = { geometry, place, months };
    const isChanged = was.geometry.tops !== geometry.tops;
    // Where somebody went was meant in the heights of that moment.
    if (was.place !== place) anchor.current = anchorAt(isChanged ? was.geometry : geometry, place);
    if (!isChanged) return;
    const { position, delta } = anchor.current;
    // At the very top, what is new is shown.
    if (was.place <= 0 && place <= 0) return;
    anchor.current = { position: movedTo(position, was.months, months), delta };
    const wanted = rowOf(geometry, anchor.current.position).top + delta;
    if (Math.abs(wanted - place) > 0.5) stay(wanted);
  });
}

function nearOf(blocks: readonly Block[], first: number, last: number, focused: number): readonly Block[] {
  const near = blocks.slice(first, last + 1);
  const block = blocks[focused];
  if (block === undefined || (first <= focused && focused <= last)) return near;
  return focused < first ? [block, ...near] : [...near, block];
}

/** What was laid out of an answer, so that scrolling lays out nothing twice. */
const kept = new WeakMap<MonthPage, { block: Block; width: number; wanted: number; laid: Laid }>();

function laidOf(near: readonly Block[], pages: ReadonlyMap<string, MonthPage>, width: number, wanted: number) {
  return new Map(
    near.flatMap((block) => {
      const page = pages.get(block.key);
      if (page === undefined) return [];
      const before = kept.get(page);
      if (before?.block === block && before.width === width && before.wanted === wanted)
        return [[block.key, before.laid] as const];
      const laid = laidOut(block, page.ratios.slice(0, block.count), width, wanted);
      kept.set(page, { block, width, wanted, laid });
      return [[block.key, laid] as const];
    }),
  );
}
