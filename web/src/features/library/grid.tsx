import { useEffect, useRef, type RefObject } from "react";

import type { Picture } from "../../components/viewer/source";
import { text } from "../../config/text";
import { useRenewed, type MonthPage } from "./asked";
import { blockWith, HEADING, type Block, type Month } from "./blocks";
import type { Chosen } from "./chosen";
import { monthName } from "./dates";
import { anchorAt, type Geometry } from "./geometry";
import type { Laid } from "./layout";
import { Line } from "./line";
import { Scrubber } from "./scrubber";
import { pictureOf } from "./source";
import type { Choosing } from "./use-choosing";
import { useActive, useFocused } from "./use-focus";
import { AHEAD, useGrid } from "./use-grid";
import { useGridKeys } from "./use-grid-keys";
import { usePresses } from "./use-presses";
import { Waiting } from "./waiting";

interface Props {
  readonly name: string;
  readonly months: readonly Month[];
  readonly count: number;
  readonly folder: string | undefined;
  readonly wantedAt: (width: number) => number;
  readonly choosing: Choosing;
  readonly onOpen: (position: number, picture: Picture) => void;
  readonly onTrash: () => void;
  /** Takes a way to put the focus on a picture, or for null where it was. */
  readonly focusRef: RefObject<((position: number | null) => void) | null>;
}

/** A justified grid of any number of pictures, newest first; only what is near the window exists. */
export function Grid({ name, months, count, folder, wantedAt, choosing, onOpen, onTrash, focusRef }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const { active, setActive, focus, wantedRef } = useActive();
  const position = active === null ? null : Math.min(active, count - 1);
  const { near, pages, geometry, scroll, wanted: row } = useGrid({ scroller, months, folder, wantedAt, active: position });
  const { box, place, height, go } = scroll;
  useRenewed(months);
  useFocused(stage, wantedRef, geometry, scroll);
  useGridKeys({ grid: stage, geometry, count, place, height, active: position, choosing, onFocus: focus, onTrash });
  const open = (at: number) => {
    const block = geometry.blocks[blockWith(geometry.blocks, at)];
    const page = block === undefined ? undefined : pages.get(block.key);
    const picture = block === undefined || page === undefined ? undefined : pictureOf(page, block, at);
    if (picture !== undefined) onOpen(at, picture);
  };
  const presses = usePresses({ choosing, onOpen: open, onFocus: setActive });
  useEffect(() => {
    // What had the focus went away with the bar: it goes back to the grid.
    if (!choosing.isOpen && position !== null && document.activeElement === document.body) focus(position);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when choosing ends, and at no other time
  }, [choosing.isOpen]);
  // Until the keyboard was used it finds the first picture in sight.
  const reachable = position ?? anchorAt(geometry, place + HEADING).position;
  useEffect(() => {
    focusRef.current = (at) => focus(at ?? reachable);
    return () => void (focusRef.current = null);
  });
  return (
    <>
      <div className="scroller" ref={scroller}>
        <div className="box" style={{ height: `${box}px` }}>
          <div
            ref={stage}
            className={choosing.isOpen ? "stage choosing" : "stage"}
            role="grid"
            aria-label={text.library.grid(name)}
            aria-multiselectable="true"
            aria-rowcount={-1}
            style={{ height: `${height}px` }}
            {...presses}
          >
            {near.map((block) => (
              <Piece
                key={block.key}
                {...whereOf(geometry, block, place)}
                block={block}
                page={pages.get(block.key)}
                laid={geometry.laid.get(block.key)}
                windowHeight={height}
                wanted={row}
                chosen={choosing.chosen}
                active={reachable}
              />
            ))}
          </div>
        </div>
      </div>
      <Scrubber blocks={geometry.blocks} tops={geometry.tops} place={place} height={height} onGo={go} />
    </>
  );
}

function whereOf({ blocks, tops }: Geometry, block: Block, place: number) {
  const index = blockWith(blocks, block.first);
  const top = tops[index] ?? 0;
  return { top: top - place, height: (tops[index + 1] ?? top) - top };
}

interface PieceProps {
  readonly block: Block;
  readonly page: MonthPage | undefined;
  readonly laid: Laid | undefined;
  /** From the window's top, pixels. */
  readonly top: number;
  readonly height: number;
  readonly windowHeight: number;
  readonly wanted: number;
  readonly chosen: Chosen;
  readonly active: number;
}

/** The rows of a block that are near the window. */
function Piece({ block, page, laid, top, height, windowHeight, wanted, chosen, active }: PieceProps) {
  const isBegin = block.kind === "begin";
  const within = active - block.first;
  const lines = laid?.lines.filter(
    (line) =>
      (top + line.top < windowHeight + AHEAD && top + line.top + line.height > -AHEAD) ||
      (line.first <= within && within < line.end),
  );
  return (
    <div role="rowgroup" className="block" style={{ transform: `translateY(${top}px)`, height: `${height}px` }}>
      {isBegin ? (
        <div role="row" className="month" style={{ height: `${HEADING}px` }}>
          <div role="rowheader">
            <h2>{monthName(block.parts[0]?.month ?? "")}</h2>
          </div>
        </div>
      ) : null}
      {page === undefined || lines === undefined ? (
        <div role="row">
          <div role="gridcell">
            <Waiting top={isBegin ? HEADING : 0} wanted={wanted} />
          </div>
        </div>
      ) : (
        lines.map((line) => (
          <Line
            key={line.first}
            block={block}
            line={line}
            page={page}
            chosen={chosen}
            active={line.first <= within && within < line.end ? active : null}
          />
        ))
      )}
    </div>
  );
}
