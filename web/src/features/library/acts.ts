import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { byMonth, portioned, type Chosen } from "./chosen";
import type { Month } from "./blocks";

/** Most pictures that the server takes in one request. */
export const PORTION = 10_000;

/** Most pictures that one act of this page is for. */
export const MOST = 100_000;

export type Trashed = components["schemas"]["TrashedAsset"];

/** The ids of what is chosen, asked of the server in portions. */
export async function assetsOf(chosen: Chosen, months: readonly Month[], folder: string | undefined): Promise<number[]> {
  const found: number[] = [];
  for (const intervals of portioned(byMonth(chosen, months), PORTION)) {
    const body = { intervals: [...intervals], folder: folder ?? null };
    found.push(...(await dataOf(api.POST("/api/v1/timeline/assets", { body }))).assets);
  }
  return found;
}

/** Has the browser download one original, or a zip of several. */
export async function download(assets: readonly number[]): Promise<void> {
  const [only] = assets;
  if (assets.length === 1 && only !== undefined) {
    fetchFile(`/api/v1/assets/${only}/original?download=1`);
    return;
  }
  const asked = await dataOf(api.POST("/api/v1/assets/download", { body: { assets: [...assets] } }));
  fetchFile(`/api/v1/assets/download/${asked.download}`);
}

function fetchFile(address: string) {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

/** What became, or would become, of pictures that go to the trash. */
export interface Trashing {
  readonly items: readonly Trashed[];
  readonly bytes: number;
  readonly going: number;
  readonly acts: readonly string[];
}

/** Moves pictures to the trash, or says what would happen; `tell` hears how many were done. */
export async function trash(
  assets: readonly number[],
  dryRun: boolean,
  tell: (done: number) => void = () => undefined,
): Promise<Trashing> {
  const items: Trashed[] = [];
  const acts: string[] = [];
  for (let start = 0; start < assets.length; start += PORTION) {
    const some = assets.slice(start, start + PORTION);
    const told = await dataOf(api.POST("/api/v1/trash", { body: { assets: some, dry_run: dryRun } }));
    items.push(...told.items);
    if (told.act !== null) acts.push(told.act);
    tell(start + some.length);
  }
  const going = items.filter((item) => item.outcome !== "refused");
  return { items, acts, going: going.length, bytes: going.reduce((sum, item) => sum + item.bytes, 0) };
}

export const undo = (acts: readonly string[]) => dataOf(api.POST("/api/v1/undo", { body: { acts: [...acts] } }));
