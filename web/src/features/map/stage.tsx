import { useMemo, useRef, useState, type KeyboardEvent } from "react";

import { text } from "../../config/text";
import type { About } from "./asked";
import { nearOf, rowAt } from "./near";
import type { Points } from "./numbers";
import { Hovered, NearPictures, Outline, RegionNames } from "./overlay";
import { onMap, usePictures } from "./pictures";
import { inside, nearest, type Squares } from "./squares";
import { useGestures, type Mode } from "./use-gestures";
import { usePainted } from "./use-painted";
import { moved, toMap, wholeOf, zoomed, type Place, type Size, type View } from "./view";

/** Pixels around the pointer within which a point is found. */
const REACH = 14;

/** Pixels of one press of an arrow, and enlargement of one of + and −. */
const STEP = 80;
const FACTOR = 1.5;

export interface StageProps {
  readonly about: About;
  readonly points: Points;
  readonly squares: Squares;
  readonly hues: Uint8Array;
  readonly lit: Uint8Array | null;
  readonly view: View;
  readonly size: Size;
  readonly mode: Mode;
  readonly onView: (view: View) => void;
  readonly onOpen: (row: number) => void;
  readonly onChoose: (rows: readonly number[] | null) => void;
  readonly onRegion: (region: number) => void;
}

/** The map itself: points, pictures where there is room, names of regions, and what the pointer is over. */
export function Stage(props: StageProps) {
  const { about, points, squares, hues, lit, view, size, mode, onView } = props;
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState<{ readonly at: Place; readonly row: number } | null>(null);
  const [outline, setOutline] = useState<readonly Place[] | null>(null);
  const near = useMemo(() => nearOf(squares, view, size), [squares, view, size]);
  const wanted = near.map(({ row }) => points.assets[row] ?? -1);
  const hovered = over === null || over.row < 0 ? null : (points.assets[over.row] ?? null);
  const get = usePictures(onMap, hovered === null ? wanted : [...wanted, hovered]);
  usePainted(canvas, { squares, hues, lit, view, size });

  const show = (next: View) => {
    setOver(null);
    onView(next);
  };
  const at = (place: Place): number => {
    const shown = rowAt(near, place);
    return shown >= 0 ? shown : nearest(squares, toMap(view, size, place), REACH / view.scale);
  };
  const gestures = useGestures(stage, {
    view,
    size,
    mode,
    onView: show,
    onHover: (place) => setOver(place === null ? null : { at: place, row: at(place) }),
    onPick: (place) => {
      const row = at(place);
      if (row >= 0) props.onOpen(row);
    },
    onDraw: (drawn, whole) => {
      setOutline(whole ? null : drawn);
      if (whole && drawn !== null) props.onChoose(inside(squares, drawn.map((place) => toMap(view, size, place))));
    },
  });
  const middle = { x: size.width / 2, y: size.height / 2 };
  const press = (event: KeyboardEvent) => {
    if (event.target !== stage.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = steps[event.key];
    if (found !== undefined) show(found(view, size));
    else if (event.key === "Escape") props.onChoose(null);
    else if (event.key === "Enter") {
      const row = nearest(squares, toMap(view, size, middle), Math.hypot(size.width, size.height) / 2 / view.scale);
      if (row >= 0) props.onOpen(row);
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={stage}
      className={`map-stage ${mode}`}
      role="application"
      aria-label={text.map.label}
      aria-describedby="map-keys"
      tabIndex={0}
      onKeyDown={press}
      {...gestures}
    >
      <canvas ref={canvas} />
      <NearPictures near={near} assets={points.assets} hues={hues} lit={lit} get={get} />
      <RegionNames regions={about.regions} view={view} size={size} onChoose={props.onRegion} />
      {outline === null ? null : <Outline outline={outline} />}
      {over === null || over.row < 0 ? null : <Hovered at={over.at} size={size} picture={get(hovered ?? -1)} />}
      <span className="middle" aria-hidden="true" />
    </div>
  );
}

/** Where each key goes. */
const steps: Readonly<Record<string, (view: View, size: Size) => View>> = {
  ArrowLeft: (view) => moved(view, STEP, 0),
  ArrowRight: (view) => moved(view, -STEP, 0),
  ArrowUp: (view) => moved(view, 0, STEP),
  ArrowDown: (view) => moved(view, 0, -STEP),
  "+": (view, size) => zoomed(view, size, { x: size.width / 2, y: size.height / 2 }, FACTOR),
  "=": (view, size) => zoomed(view, size, { x: size.width / 2, y: size.height / 2 }, FACTOR),
  "-": (view, size) => zoomed(view, size, { x: size.width / 2, y: size.height / 2 }, 1 / FACTOR),
  "0": (_view, size) => wholeOf(size),
  Home: (_view, size) => wholeOf(size),
};
