import { useEffect, useSyncExternalStore } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";

export type MapPicture = components["schemas"]["MapPicture"];

/** Pictures of one request, and requests at once. */
const BATCH = 100;

/** Time in which wishes gather before they are asked for, milliseconds. */
const GATHER = 60;

/** Pictures that are remembered; beyond, the first ones are forgotten. */
const MOST = 20_000;

const ask = (assets: readonly number[]) =>
  dataOf(api.GET("/api/v1/map/pictures", { params: { query: { assets: assets.join(",") } } }));

/** Remembers pictures by their asset, and asks for those that are wanted in batches. */
export function picturesStore(asked = ask) {
  const known = new Map<number, MapPicture | null>();
  const looking = new Set<() => void>();
  let wanted = new Set<number>();
  let version = 0;
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const take = (assets: readonly number[], found: readonly MapPicture[]) => {
    for (const asset of assets) known.set(asset, null);
    for (const picture of found) known.set(picture.asset, picture);
    for (const asset of known.keys()) {
      if (known.size <= MOST) break;
      known.delete(asset);
    }
    version += 1;
    for (const look of looking) look();
  };
  const gather = async () => {
    gathering = undefined;
    const assets = [...wanted].slice(-BATCH);
    if (assets.length === 0) return;
    try {
      take(assets, (await asked(assets)).pictures);
      for (const asset of assets) wanted.delete(asset);
    } catch {
      // They are asked for again when somebody wants them again.
      wanted = new Set();
    }
    if (wanted.size > 0) gathering ??= setTimeout(() => void gather(), 0);
  };
  return {
    /** The picture, null where it is gone, undefined until it is known. */
    get: (asset: number) => known.get(asset),
    version: () => version,
    subscribe: (look: () => void) => {
      looking.add(look);
      return () => looking.delete(look);
    },
    /** Has pictures asked for; what was wanted before and is not known yet is wanted no more. */
    want: (assets: readonly number[]) => {
      wanted = new Set(assets.filter((asset) => !known.has(asset)));
      if (wanted.size > 0) gathering ??= setTimeout(() => void gather(), GATHER);
    },
    /** One picture, asked for if need be. */
    one: async (asset: number) => {
      const there = known.get(asset);
      if (there !== undefined) return there;
      take([asset], (await asked([asset])).pictures);
      return known.get(asset) ?? null;
    },
  };
}

export type PicturesStore = ReturnType<typeof picturesStore>;

/** Those that the map knows; the list beside it has a store of its own, since each wants others. */
export const onMap = picturesStore();
export const inList = picturesStore();

/** Has pictures of a store known, and draws anew when they are. */
export function usePictures(store: PicturesStore, assets: readonly number[]): PicturesStore["get"] {
  useSyncExternalStore(store.subscribe, store.version);
  const wanted = assets.join(",");
  useEffect(() => store.want(wanted === "" ? [] : wanted.split(",").map(Number)), [store, wanted]);
  return store.get;
}
