import { text } from "../../config/text";
import type { Details } from "./asked";
import type { Picture } from "./source";

type Fields = Readonly<Record<string, unknown>>;

export const number = (fields: Fields, name: string): number | null =>
  typeof fields[name] === "number" && Number.isFinite(fields[name]) ? fields[name] : null;

export const words = (fields: Fields, name: string): string | null => {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : null;
};

export const list = (fields: Fields, name: string): readonly string[] => {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
};

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

/** Unix seconds of a camera's clock as a day and a time. */
export const cameraMoment = (seconds: number): string => moments.format(new Date(seconds * 1000));

/** "2019-07-04T10:20:30+02:00" → Unix seconds of what that clock showed; null where it is less than a day. */
export function clockSeconds(written: string): number | null {
  const shown = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?/.exec(written)?.[0];
  const found = shown === undefined ? NaN : Date.parse(shown.includes("T") ? `${shown}Z` : shown);
  return Number.isNaN(found) ? null : found / 1000;
}

/** When a picture was taken, in seconds of its clock, and the tag that told it. */
export function takenOf({ taken_at, metadata, sources }: NonNullable<Details["content"]>) {
  const written = words(metadata, "taken_at");
  const seconds = taken_at ?? (written === null ? null : clockSeconds(written));
  return seconds === null ? null : { seconds, offset: words(metadata, "offset"), source: sources["taken_at"] ?? null };
}

/** 0.004 → "1/250 s", 1.3 → "1.3 s". */
export function exposureTime(seconds: number): string {
  if (seconds >= 0.3) return text.viewer.seconds(String(Math.round(seconds * 10) / 10));
  return text.viewer.seconds(`1/${Math.round(1 / seconds)}`);
}

/** The exposure as photographers write it, such as "f/2.8 · 1/250 s · ISO 200 · 35 mm"; empty where nothing is known. */
export function exposure(fields: Fields): string {
  const aperture = number(fields, "aperture");
  const time = number(fields, "exposure_seconds");
  const iso = number(fields, "iso");
  const focal = number(fields, "focal_length");
  const small = number(fields, "focal_length_35mm");
  return [
    aperture === null ? null : `f/${tenths(aperture)}`,
    time === null || time <= 0 ? null : exposureTime(time),
    iso === null ? null : `ISO ${iso}`,
    focal === null ? null : text.viewer.focal(tenths(focal), small === null || small === focal ? null : tenths(small)),
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** 12000000 → "12 MP", 480000 → "0.5 MP"; null where it would be none. */
export const megapixels = (width: number, height: number): string | null => {
  const millions = (width * height) / 1e6;
  if (millions < 0.05) return null;
  return text.viewer.megapixels(millions >= 10 ? String(Math.round(millions)) : millions.toFixed(1));
};

/** 48.8584, 2.2945 → "48.85840° N, 2.29450° E". */
export const coordinates = (latitude: number, longitude: number): string =>
  `${degrees(latitude, "N", "S")}, ${degrees(longitude, "E", "W")}`;

const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** What stands above a picture: its day, else its name. */
export function titleOf(details: Details | undefined, picture: Picture | null | undefined): string {
  const taken = details?.content == null ? null : takenOf(details.content);
  const seconds = taken?.seconds ?? picture?.takenAt;
  return seconds == null ? (details?.name ?? text.viewer.title) : short.format(new Date(seconds * 1000));
}

/** What is read out in place of a picture. */
export const altOf = (details: Details | undefined): string =>
  details === undefined ? "" : (details.captions[0]?.value ?? details.name);

const tenths = (value: number): string => String(Math.round(value * 10) / 10);

const degrees = (value: number, above: string, below: string): string =>
  `${Math.abs(value).toFixed(5)}° ${value < 0 ? below : above}`;
