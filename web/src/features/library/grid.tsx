import { useLayoutEffect, useMemo, useRef, useState } from "react";

import { text } from "../../config/text";
import { count as counted, month as monthName } from "../../lib/format";
import { useTallScroll } from "../../lib/use-tall-scroll";
import { useBlocks } from "./asked";
import { blockAt, blocksOf, HEADING, keyOf, topsOf, type Block, type Month } from "./blocks";
import { Pictures } from "./pictures";
import { Scrubber } from "./scrubber";
import { Viewer, type Shown } from "./viewer";

/** Wanted height of a row, pixels: less on a narrow window. */
const wantedHeight = (width: number) => (width < 640 ? 110 : 190);

/** Pixels above and below the window that are drawn before they are seen. */
const AHEAD = 600;

interface Props {
  readonly months: readonly Month[];
  readonly count: number;
}

/** A justified grid of any number of pictures, newest first; only what is near the window exists. */
export function Grid({ months, count }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const [known, setKnown] = useState<ReadonlyMap<string, number>>(new Map());
  const [shown, setShown] = useState<Shown | null>(null);
  const wanted = wantedHeight(width);
  const blocks = useMemo(() => blocksOf(months, width, wanted, known), [months, width, wanted, known]);
  const tops = useMemo(() => topsOf(blocks), [blocks]);
  const total = tops[blocks.length] ?? 0;
  const { box, place, height, go, shift } = useTallScroll(scroller, total);
  const first = blockAt(tops, place - AHEAD);
  const last = blockAt(tops, place + height + AHEAD);
  const near = useMemo(() => blocks.slice(first, last + 1), [blocks, first, last]);
  const pages = useBlocks(near);
  const here = blockAt(tops, place);

  const learn = (block: Block, found: number, index: number) => {
    const heading = block.offset === 0 ? HEADING : 0;
    const by = found + heading - block.height;
    if (Math.abs(by) < 0.5) return;
    setKnown((before) => new Map(before).set(keyOf(block.month, block.offset), found));
    if (index < here) shift(by);
  };

  return (
    <div className="library">
      <div className="scroller" ref={scroller} tabIndex={0} role="region" aria-label={text.library.title}>
        <div className="box" style={{ height: `${box}px` }}>
          <div className="stage" style={{ height: `${height}px` }}>
            {near.map((block, number) => (
              <section
                key={keyOf(block.month, block.offset)}
                className="block"
                style={{ transform: `translateY(${(tops[first + number] ?? 0) - place}px)`, height: `${block.height}px` }}
              >
                {block.offset === 0 ? <h2 style={{ height: `${HEADING}px` }}>{nameOf(block.month)}</h2> : null}
                <Pictures
                  page={pages.get(keyOf(block.month, block.offset))}
                  width={width}
                  wanted={wanted}
                  onLaidOut={(found) => learn(block, found, first + number)}
                  onOpen={(index) => setShown({ month: block.month, index: block.offset + index })}
                />
              </section>
            ))}
          </div>
        </div>
      </div>
      <Scrubber blocks={blocks} tops={tops} place={place} onGo={go} />
      <p className="count small quiet">{counted(count)}</p>
      {shown === null ? null : <Viewer shown={shown} months={months} onShow={setShown} />}
    </div>
  );
}

const nameOf = (month: string) => (month === "undated" ? text.library.undated : monthName(month));

/** Width of an element's content, which follows the window. */
function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1024);
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, found.clientWidth - EDGES)));
    observer.observe(found);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Room beside the grid, pixels, with that of the scrubber; the style sheet has the same. */
const EDGES = 76;
