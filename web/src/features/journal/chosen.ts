import type { TrashItem } from "./asked";

type Named = Pick<TrashItem, "act" | "item">;

/** Files of the trash that were chosen: by act, the numbers of its items. */
export type Chosen = ReadonlyMap<string, ReadonlySet<number>>;

export const nobody: Chosen = new Map();

/** The choice with a file added, or taken out where it was in it. */
export function toggled(chosen: Chosen, { act, item }: Named): Chosen {
  const items = new Set(chosen.get(act));
  if (!items.delete(item)) items.add(item);
  const next = new Map(chosen);
  if (items.size === 0) next.delete(act);
  else next.set(act, items);
  return next;
}

export const isChosen = (chosen: Chosen, { act, item }: Named): boolean => chosen.get(act)?.has(item) ?? false;

export const size = (chosen: Chosen): number => [...chosen.values()].reduce((sum, items) => sum + items.size, 0);

/** As the server takes it: by act, the numbers in their order. */
export const asItems = (chosen: Chosen): Record<string, number[]> =>
  Object.fromEntries([...chosen].map(([act, items]) => [act, [...items].sort((a, b) => a - b)]));

/** A row of the list: an act's heading, or one of its files. */
export type Row<Item> = { readonly act: string; readonly first: Item; readonly item: null } | { readonly item: Item };

/** Files with a heading before the first of each act. */
export function withHeadings<Item extends Named>(items: readonly Item[]): Row<Item>[] {
  return items.flatMap((item, index) =>
    items[index - 1]?.act === item.act ? [{ item }] : [{ act: item.act, first: item, item: null }, { item }],
  );
}
