import { string } from "../../lib/parameters";
import { tiers, type Tier } from "./tiers";

export const orders = ["evidence", "bytes", "files", "newest", "oldest", "folder"] as const;
export const standings = ["open", "decided", "all"] as const;
export const modes = ["list", "overview"] as const;

export type Order = (typeof orders)[number];
export type Standing = (typeof standings)[number];
export type Mode = (typeof modes)[number];

/** What of a review is shown, and how; the address says all of it. */
export interface View {
  readonly tier?: Tier;
  readonly order?: Order;
  readonly standing?: Standing;
  readonly folder?: string;
  readonly keeper?: string;
  readonly format?: string;
  readonly mode?: Mode;
  readonly group?: string;
}

const oneOf = <Value extends string>(value: unknown, known: readonly Value[]): Value | undefined =>
  known.find((each) => each === value);

/** The view that an address names; what it does not know is left out. */
export function viewOf(search: Record<string, unknown>): View {
  const found = {
    tier: oneOf(search["tier"], tiers),
    order: oneOf(search["order"], orders),
    standing: oneOf(search["standing"], standings),
    folder: string(search["folder"]),
    keeper: string(search["keeper"]),
    format: string(search["format"]),
    mode: oneOf(search["mode"], modes),
    group: string(search["group"]),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ""));
}

/** A view without some of its parts. */
export const without = (view: View, ...parts: readonly (keyof View)[]): View =>
  Object.fromEntries(Object.entries(view).filter(([part]) => !parts.includes(part as keyof View)));

/** What the server is asked for: a listing without the place in it. */
export interface Listing {
  readonly tier?: Tier;
  readonly order?: Order;
  readonly standing: Standing;
  readonly folder?: string;
  readonly keeper_in?: string;
  readonly format?: string;
}

export function listingOf(view: View): Listing {
  return {
    standing: view.standing ?? "open",
    ...(view.tier === undefined ? {} : { tier: view.tier }),
    ...(view.order === undefined ? {} : { order: view.order }),
    ...(view.folder === undefined ? {} : { folder: view.folder }),
    ...(view.keeper === undefined ? {} : { keeper_in: view.keeper }),
    ...(view.format === undefined ? {} : { format: view.format }),
  };
}

/** How many filters are set, those that show by themselves (tier, order) left out. */
export const filtersSet = (view: View): number =>
  [view.folder, view.keeper, view.format, view.standing === "open" ? undefined : view.standing].filter(
    (each) => each !== undefined,
  ).length;
