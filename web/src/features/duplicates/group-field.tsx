import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type RefObject } from "react";

import { text } from "../../config/text";
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
  const width = useWidth(scroller);
  const columns = mode === "list" ? 1 : Math.max(1, Math.floor(width / LEAST_WIDTH));
  const cell = CELL[mode];
  const { box, place, height, go } = useTallScroll(scroller, Math.ceil(total / columns) * cell);
  const first = Math.max(0, Math.floor(place / cell) - AHEAD) * columns;
  const end = Math.min(total, (Math.ceil((place + height) / cell) + AHEAD) * columns);

  const told = useEffectEvent(onSpan);
  useEffect(() => told([first, end]), [first, end]);
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
                style={{
                  transform: `translateY(${Math.floor(index / columns) * cell - place}px)`,
                  height: `${cell}px`,
                  width: `${100 / columns}%`,
                  left: `${((index % columns) * 100) / columns}%`,
                }}
                onSelect={() => onSelect(index)}
                onOpen={() => onOpen(index)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Width of an element's content, which follows the window. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1024);
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(found.clientWidth));
    observer.observe(found);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
