import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { byMonth, portioned, type Chosen } from "./chosen";
import type { Month } from "./blocks";

/** Most pictures whose ids or originals the server gives in one answer. */
export const PORTION = 10_000;

/** Most pictures that go to the trash at once; of more than these few, a job plans it and does it. */
export const MOST = 500_000;
export const FEW = 1000;

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

/** Moves a few pictures to the trash, or says what would happen. */
export async function trash(assets: readonly number[], dryRun: boolean): Promise<Trashing> {
  const told = await dataOf(api.POST("/api/v1/trash", { body: { assets: [...assets], dry_run: dryRun } }));
  const going = told.items.filter((item) => item.outcome !== "refused");
  return { items: told.items, acts: told.act === null ? [] : [told.act], going: going.length, bytes: told.bytes };
}

export const undo = (acts: readonly string[]) => dataOf(api.POST("/api/v1/undo", { body: { acts: [...acts] } }));
