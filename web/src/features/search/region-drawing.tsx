import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";

import { text } from "../../config/text";
import type { Region } from "./line";
import { between, corners, MIDDLE, moved, opposite, pressed, type Corner, type Point } from "./region";

const words = text.search;

interface Props {
  readonly region: Region | null;
  readonly onChange: (region: Region | null) => void;
  /** The picture that is drawn on. */
  readonly children: ReactNode;
}

/** What a pointer does from where it went down: draws from a fixed corner, or moves what is there. */
type Drag =
  | { readonly kind: "draw"; readonly fixed: Point }
  | { readonly kind: "move"; readonly from: Point; readonly region: Region };

/** A box on a picture: drawn, moved, dragged by its corners, or all of it by keys. */
export function RegionDrawing({ region, onChange, children }: Props) {
  const surface = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  // The window is opened to draw in: keys do so at once.
  useEffect(() => surface.current?.focus(), []);
  const place = (event: PointerEvent): Point => {
    const { left, top, width, height } = surface.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };
  const begin = (event: PointerEvent, begun: Drag) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    drag.current = begun;
    surface.current?.setPointerCapture(event.pointerId);
  };
  const go = (event: PointerEvent) => {
    const now = drag.current;
    const to = place(event);
    if (now?.kind === "draw") onChange(between(now.fixed, to));
    if (now?.kind === "move") onChange(moved(now.region, { x: to.x - now.from.x, y: to.y - now.from.y }));
  };
  const key = (event: KeyboardEvent) => {
    const next = region === null ? null : pressed(region, event.key, { shift: event.shiftKey, fine: event.altKey });
    if (next !== null) onChange(next);
    else if (region === null && (event.key === "Enter" || event.key === " ")) onChange(MIDDLE);
    else if (region !== null && (event.key === "Delete" || event.key === "Backspace")) onChange(null);
    else return;
    event.preventDefault();
  };
  return (
    <div className="drawing">
      <div
        ref={surface}
        className="surface"
        role="application"
        aria-label={`${words.regionBox}. ${words.regionHint}`}
        tabIndex={0}
        onKeyDown={key}
        onPointerDown={(event) => begin(event, { kind: "draw", fixed: place(event) })}
        onPointerMove={go}
        onPointerUp={() => (drag.current = null)}
        onPointerCancel={() => (drag.current = null)}
      >
        {children}
        {region === null ? null : (
          <div
            className="chosen"
            style={{
              left: `${region.left * 100}%`,
              top: `${region.top * 100}%`,
              width: `${region.width * 100}%`,
              height: `${region.height * 100}%`,
            }}
            onPointerDown={(event) => begin(event, { kind: "move", from: place(event), region })}
          >
            {corners.map((corner) => (
              <Handle
                key={corner}
                corner={corner}
                onBegin={(event) => begin(event, { kind: "draw", fixed: opposite(region, corner) })}
              />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

const Handle = ({ corner, onBegin }: { readonly corner: Corner; readonly onBegin: (event: PointerEvent) => void }) => (
  <span className={`handle ${corner}`} onPointerDown={onBegin} />
);
