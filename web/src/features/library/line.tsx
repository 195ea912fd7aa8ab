import { memo } from "react";

import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { placeholderUrl } from "../../lib/placeholder";
import type { MonthPage } from "./asked";
import type { Block } from "./blocks";
import { has, type Chosen } from "./chosen";
import { isSameDay, moment, shortDay, shortMonth } from "./dates";
import type { Cell, Line as Row } from "./layout";

/** Pictures from which a month names its days. */
const NAMED_DAYS = 20;

interface Props {
  readonly block: Block;
  readonly line: Row;
  readonly page: MonthPage;
  readonly chosen: Chosen;
  /** The one that the keyboard reaches, if it is in this row. */
  readonly active: number | null;
}

/** One row of pictures, each at its place before its thumbnail has come. */
export const Line = memo(function Line({ block, line, page, chosen, active }: Props) {
  return (
    <div role="row" className="line" style={{ top: `${line.top}px`, height: `${line.height}px` }}>
      {line.labels.map(({ month, left, width }) => (
        <span key={month} aria-hidden="true" className="label" style={{ left: `${left}px`, maxWidth: `${width}px` }}>
          {shortMonth(month)}
        </span>
      ))}
      {line.cells.map((cell) => (
        <Picture
          key={page.assets[cell.index] ?? cell.index}
          cell={cell}
          position={block.first + cell.index}
          page={page}
          isFirstOfDay={namesDays(block) && isFirstOfDay(block, page, cell.index)}
          isChosen={has(chosen, block.first + cell.index)}
          isActive={active === block.first + cell.index}
        />
      ))}
    </div>
  );
});

interface PictureProps {
  readonly cell: Cell;
  readonly position: number;
  readonly page: MonthPage;
  readonly isFirstOfDay: boolean;
  readonly isChosen: boolean;
  readonly isActive: boolean;
}

function Picture({ cell, position, page, isFirstOfDay, isChosen, isActive }: PictureProps) {
  const taken = page.taken_at[cell.index] ?? null;
  const name = text.library.picture(taken === null ? null : moment(taken));
  const blur = placeholderUrl(page.placeholders[cell.index]);
  return (
    <div
      role="gridcell"
      aria-selected={isChosen}
      className={isFirstOfDay ? "picture first-of-day" : "picture"}
      data-position={position}
      {...(taken === null ? {} : { "data-day": shortDay(taken) })}
      style={{
        left: `${cell.left}px`,
        width: `${cell.width}px`,
        ...(blur === null ? {} : { backgroundImage: `url(${blur})` }),
      }}
    >
      <button type="button" className="open" tabIndex={isActive ? 0 : -1} aria-label={name}>
        <Thumbnail sha256={page.sha256[cell.index] ?? ""} alt="" eager />
      </button>
      <button
        type="button"
        role="checkbox"
        className="check"
        tabIndex={-1}
        aria-checked={isChosen}
        aria-label={text.library.choosing.one}
      />
    </div>
  );
}

const namesDays = ({ kind, parts, goesOn }: Block) =>
  kind !== "joined" && (goesOn || (parts[0]?.offset ?? 0) + (parts[0]?.count ?? 0) >= NAMED_DAYS);

function isFirstOfDay({ kind }: Block, { taken_at }: MonthPage, index: number): boolean {
  const taken = taken_at[index] ?? null;
  // What comes before a piece of a month is in another answer.
  return taken !== null && (index === 0 ? kind === "begin" : !isSameDay(taken, taken_at[index - 1] ?? null));
}
