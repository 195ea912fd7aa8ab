import { useCallback, useEffect, useEffectEvent, useRef } from "react";

import { text } from "../../config/text";
import { useContentSize } from "../../lib/use-content-size";
import { useTallScroll } from "../../lib/use-tall-scroll";
import { GroupCell } from "./group-cell";
import type { Mode } from "./view";
import type { Outcome } from "./use-decisions";
import type { Groups, Span } from "./use-groups";

/** Heights of a cell, and in the overview its least width, pixels. */
const CELL = { list: 84, overview: 190 } as const;
const LEAST_WIDTH = 210;

/** Rows beyond the window that are drawn before they are seen. */
const AHEAD = 4;

/** Rows after which cells are laid out anew. */
const ROWS = 64;

/** Groups after which those above hear that the window moved. */
const STEP = 25;

interface Props {
  readonly mode: Mode;
  readonly groups: Groups;
  readonly total: number;
  readonly selected: number;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly onSpan: (span: Span) => void;
  readonly onColumns: (columns: number) => void;
}

/** All groups of a listing, in a column or dense in many; only those near the window exist. */
export function GroupField(props: Props) {
  const { mode, groups, total, selected, outcomes, onSelect, onOpen, onSpan, onColumns } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useContentSize(scroller)?.width ?? 0;
  const columns = mode === "list" ? 1 : Math.max(1, Math.floor(width / LEAST_WIDTH));
  const cell = CELL[mode];
  const { box, place, height, go } = useTallScroll(scroller, Math.ceil(total / columns) * cell);
  const first = Math.max(0, Math.floor(place / cell) - AHEAD) * columns;
  const end = Math.min(total, (Math.ceil((place + height) / cell) + AHEAD) * columns);

  // Cells lie where they are while the window moves by a screen or two, so that only what comes in is drawn.
  const base = Math.floor(Math.floor(place / cell) / ROWS) * ROWS;
  const [from, upto] = [Math.floor(first / STEP) * STEP, Math.ceil(end / STEP) * STEP];
  const told = useEffectEvent(onSpan);
  useEffect(() => told([from, upto]), [from, upto]);
  const latest = useRef({ onSelect, onOpen });
  useEffect(() => {
    latest.current = { onSelect, onOpen };
  });
  const select = useCallback((index: number) => latest.current.onSelect(index), []);
  const open = useCallback((index: number) => latest.current.onOpen(index), []);
  const tell = useEffectEvent(onColumns);
  useEffect(() => tell(columns), [columns]);

  const show = useEffectEvent(() => {
    const top = Math.floor(selected / columns) * cell;
    if (top < place) go(top);
    else if (top + cell > place + height) go(top + cell - height);
  });
  // The window has a height only after it was measured.
  useEffect(() => {
    if (height > 0) show();
  }, [selected, columns, height]);

  return (
    <div
      ref={scroller}
      className={`group-field ${mode}`}
      role="listbox"
      tabIndex={0}
      aria-label={text.review.list}
      aria-activedescendant={`group-${selected}`}
      id="groups"
    >
      <div style={{ height: `${box}px` }} role="presentation">
        <div className="stage" style={{ height: `${height}px` }} role="presentation">
          <div className="drawn" role="presentation" style={{ transform: `translateY(${base * cell - place}px)` }}>
            {Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset).map((index) => {
              const group = groups.at(index);
              return (
                <GroupCell
                  key={index}
                  index={index}
                  total={total}
                  mode={mode}
                  group={group}
                  outcome={group === undefined ? undefined : outcomes.get(group.id)}
                  isSelected={index === selected}
                  top={(Math.floor(index / columns) - base) * cell}
                  height={cell}
                  column={index % columns}
                  columns={columns}
                  onSelect={select}
                  onOpen={open}
                />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
