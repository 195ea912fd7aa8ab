import { useEffect, useMemo, useState } from "react";

import { useFound } from "./asked";
import { rowOf, type Points } from "./numbers";
import { within, type Squares } from "./squares";
import { seen, type Size, type View } from "./view";

/** What the list shows, and why. */
export interface Selection {
  readonly kind: "chosen" | "found" | "sight";
  readonly rows: readonly number[];
  /** Words of a region that was chosen by its name. */
  readonly name: string;
}

/** A part of the map that a person chose. */
export interface Chosen {
  readonly rows: readonly number[];
  readonly name: string;
}

/** Time without moving after which it is looked up what is in sight, milliseconds. */
const REST = 120;

/** Which pictures are listed, and which points stand out: those chosen, else those found, else all in sight. */
export function useSelection(points: Points, squares: Squares, view: View, size: Size, q: string, chosen: Chosen | null) {
  const found = useFound(q);
  const sight = useSight(squares, view, size);
  const hits = useMemo(
    () => (found.data ?? []).map((asset) => rowOf(points.assets, asset)).filter((row) => row >= 0),
    [found.data, points],
  );
  const selection = useMemo<Selection>(() => {
    if (chosen !== null) return { kind: "chosen", rows: chosen.rows, name: chosen.name };
    if (q !== "" && found.isSuccess) return { kind: "found", rows: hits, name: "" };
    return { kind: "sight", rows: sight, name: "" };
  }, [chosen, q, found.isSuccess, hits, sight]);
  const standing = selection.kind === "sight" ? null : selection.rows;
  const lit = useMemo(() => {
    if (standing === null) return null;
    const mask = new Uint8Array(points.count);
    for (const row of standing) mask[row] = 1;
    return mask;
  }, [standing, points]);
  return { selection, lit, found };
}

/** Rows of what is in sight, once the map rests. */
function useSight(squares: Squares, view: View, size: Size): readonly number[] {
  const [rows, setRows] = useState<readonly number[]>([]);
  useEffect(() => {
    const waiting = window.setTimeout(() => setRows(within(squares, seen(view, size))), REST);
    return () => window.clearTimeout(waiting);
  }, [squares, view, size]);
  return rows;
}
