import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";

import type { Viewed } from "./address";
import { pictureQuery } from "./asked";
import { alone, type Picture, type Source } from "./source";
import { load } from "./viewer";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The page before this entry is the same without the viewer. */
    viewer?: boolean;
  }
}

/** What the viewer takes: a list, a position in it, and who hears of moves. */
export interface Open {
  readonly source: Source;
  readonly index: number;
  readonly onMove: (index: number) => void;
  readonly onSeen: (picture: Picture) => void;
  readonly onClose: () => void;
}

/** A position, and the addresses at which it is the one looked at. */
interface Place {
  readonly index: number;
  readonly assets: readonly (number | undefined)[];
}

interface Options {
  /** Called when the viewer has closed and the focus is back, with what was looked at last. */
  readonly onClosed?: (index: number | null, asset: number) => void;
}

/** Keeps which picture is looked at in the address: Back closes the viewer, and a reload opens it again. */
export function useViewed(source: Source, { onClosed }: Options = {}) {
  const asset = useSearch({ strict: false, select: (search) => (search as Viewed).picture });
  const navigate = useNavigate();
  const router = useRouter();
  const queries = useQueryClient();
  const [place, setPlace] = useState<Place | null>(null);
  const known = place?.assets.includes(asset) === true ? place.index : undefined;
  const found = useQuery({
    queryKey: ["viewed position", ...source.key, source.count, asset],
    queryFn: async () => {
      const found = (await source.find?.(asset ?? 0)) ?? null;
      // It is shown alone until its place is known, and is not to vanish then.
      if (found !== null) await queries.query(pictureQuery(source, found));
      return found;
    },
    enabled: asset !== undefined && known === undefined && source.find !== undefined,
  });
  const index = known ?? found.data ?? null;
  const lone = useMemo(() => (asset === undefined ? null : alone({ asset })), [asset]);
  useClosed(asset, index, onClosed);

  const write = (picture: number, replace: boolean) =>
    void navigate({
      to: ".",
      search: ((before: object) => ({ ...before, picture })) as never,
      state: { viewer: replace ? router.state.location.state.viewer === true : true },
      replace,
      resetScroll: false,
    });
  const show = (at: number, picture: Picture) => {
    setPlace({ index: at, assets: [picture.asset] });
    write(picture.asset, false);
  };
  const onSeen = (picture: Picture) => {
    if (picture.asset === asset || index === null) return;
    setPlace({ index, assets: [asset, picture.asset] });
    write(picture.asset, true);
  };
  const onClose = () => {
    if (router.state.location.state.viewer === true) {
      router.history.back();
      return;
    }
    const without = (before: object) => ({ ...before, picture: undefined });
    void navigate({ to: ".", search: without as never, replace: true, resetScroll: false });
  };
  const onMove = (to: number) => setPlace({ index: to, assets: [asset] });
  const list = index === null ? lone : source;
  const open: Open | null =
    asset === undefined || list === null ? null : { source: list, index: index ?? 0, onMove, onSeen, onClose };
  return { open, show, index: asset === undefined ? null : index };
}

/** Hears that the viewer closed, after the focus went back to what had it. */
function useClosed(asset: number | undefined, index: number | null, onClosed: Options["onClosed"]) {
  const last = useRef<{ asset: number; index: number | null } | null>(null);
  const closed = useEffectEvent((index: number | null, asset: number) => onClosed?.(index, asset));
  useEffect(() => {
    if (asset !== undefined) {
      last.current = { asset, index };
      return undefined;
    }
    const before = last.current;
    last.current = null;
    if (before === null) return undefined;
    // The focus is put back in a frame of its own.
    const waiting = window.setTimeout(() => closed(before.index, before.asset), 50);
    return () => window.clearTimeout(waiting);
  }, [asset, index]);
  useEffect(() => {
    void load();
  }, []);
}
