import type { components } from "../../api/schema.gen";

export type Part = components["schemas"]["OutlinedPart"];
export type Region = components["schemas"]["AskedRegion"];

/** A picture that is searched by: how it is named, which part of it, and how much it counts. */
export interface LikePicture {
  /** `asset:12`, or the SHA-256 of a picture that the server keeps for a while. */
  readonly name: string;
  readonly region: Region | null;
  /** Below 0 for what to be unlike. */
  readonly weight: number;
}

/** The server counts characters as Unicode does, the browser in halves of some of them. */
const characters = (text: string): string[] => Array.from(text);

/** The characters of a text from `start` up to `end`, as the server counts them. */
export const slice = (text: string, start: number, end?: number): string => characters(text).slice(start, end).join("");

/** Where in a text the server sees a place that the browser names. */
export const placeOf = (text: string, place: number): number => characters(text.slice(0, place)).length;

/** A text with something else from `start` up to `end`. */
export const replaced = (text: string, start: number, end: number, by: string): string =>
  slice(text, 0, start) + by + slice(text, end);

/** A number as short as it needs to be. */
const short = (value: number): string => String(Math.round(value * 1000) / 1000);

/** The region as the language writes it, with three decimals, still within the picture. */
export function regionText({ left, top, width, height }: Region): string {
  const [x, y] = [Math.round(left * 1000), Math.round(top * 1000)];
  const across = Math.max(1, Math.min(Math.round(width * 1000), 1000 - x));
  const down = Math.max(1, Math.min(Math.round(height * 1000), 1000 - y));
  return [x, y, across, down].map((value) => short(value / 1000)).join(",");
}

/** The part of a line that asks for a picture. */
export function pictureText({ name, region, weight }: LikePicture): string {
  const sign = weight < 0 ? "-" : "";
  const size = Math.abs(weight);
  return `${sign}like:${name}${region === null ? "" : `@${regionText(region)}`}${size === 1 ? "" : `^${short(size)}`}`;
}

/** The pictures that a line asks for, in its order. */
export const picturesOf = (parts: readonly Part[]): readonly LikePicture[] =>
  parts.flatMap(({ picture, weight }) => {
    const name = picture === null ? null : picture.asset === null ? picture.sha256 : `asset:${picture.asset}`;
    return picture === null || name === null ? [] : [{ name, region: picture.region, weight: weight ?? 1 }];
  });

/** What of a line is typed into the box: all but its pictures, which are shown beside it. */
export function typedOf(line: string, parts: readonly Part[]): string {
  const pictures = parts.filter((part) => part.kind === "picture").reverse();
  const rest = pictures.reduce((left, part) => replaced(left, part.start, part.end, " "), line);
  return pictures.length === 0 ? line : rest.replace(/\s+/gu, " ").trim();
}

/** The line of what is typed and what is shown beside it. */
export const lineOf = (typed: string, pictures: readonly LikePicture[]): string =>
  [typed.trim(), ...pictures.map(pictureText)].filter((part) => part !== "").join(" ");

/** Part of a line that is only shown: text, or the name of a picture. */
export interface Piece {
  readonly text: string;
  readonly picture: string | null;
}

/** A line that this page wrote earlier, cut where its pictures are. */
export function piecesOf(line: string): readonly Piece[] {
  const cut = line.split(/(-?like:(?:asset:\d+|[0-9a-f]{64})\S*)/u).filter((text) => text !== "");
  return cut.map((text) => ({ text, picture: /^-?like:(asset:\d+|[0-9a-f]{64})/u.exec(text)?.[1] ?? null }));
}
