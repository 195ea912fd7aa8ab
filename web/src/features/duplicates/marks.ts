import type { Group, GroupAsset } from "./asked";

/** The paths of a group that stay; the first is the one that the others go for. */
export type Stays = readonly string[];

/** A folder lies in another, or is it. */
export const liesIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** What stays unless somebody says otherwise: the kept file, and what lies in a folder that is never changed. */
export const proposed = (group: Group, references: readonly string[]): Stays => [
  group.keep,
  ...group.assets
    .map((asset) => asset.path)
    .filter((path) => path !== group.keep && references.some((folder) => liesIn(path, folder))),
];

/** Marks one file as staying or going; one at least stays. */
export function toggled(stays: Stays, path: string): Stays {
  if (!stays.includes(path)) return [...stays, path];
  return stays.length === 1 ? stays : stays.filter((each) => each !== path);
}

/** Only one stays, and what is protected. */
export const only = (path: string, group: Group, references: readonly string[]): Stays => [
  path,
  ...group.assets
    .map((asset) => asset.path)
    .filter((each) => each !== path && references.some((folder) => liesIn(each, folder))),
];

/** The file that the others are held against: the first that stays. */
export const keptOf = (group: Group, stays: Stays): GroupAsset | undefined =>
  group.assets.find((asset) => asset.path === stays[0]) ?? group.assets[0];

/** Whether all files have the same bytes: then they can be no different pictures, only kept side by side. */
export const areEqual = (group: Group): boolean => new Set(group.assets.map((asset) => asset.sha256)).size === 1;

/** Bytes of what goes. */
export const bytesGoing = (group: Group, stays: Stays): number =>
  group.assets.filter((asset) => !stays.includes(asset.path)).reduce((sum, asset) => sum + asset.bytes, 0);

/** Whether copies can become hard links of the kept file: some goes, and all that go have its bytes. */
export function linkable(group: Group, stays: Stays): boolean {
  const kept = keptOf(group, stays);
  const going = group.assets.filter((asset) => !stays.includes(asset.path));
  return going.length > 0 && going.every((asset) => asset.sha256 === kept?.sha256);
}
