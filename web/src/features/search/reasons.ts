import { text } from "../../config/text";
import { bytes, count } from "../../lib/format";
import type { Hit } from "./asked";

const words = text.search;

/** Why a picture is a hit, a sentence for each reason, the strongest first. */
export function reasonsOf({ why: { likeness, words: found, conditions } }: Hit): readonly string[] {
  const said = [
    ...(found === null ? [] : [words.found_in(found.fields, found.whole)]),
    ...(likeness === null
      ? []
      : [likeness.standing === null ? words.likeness(likeness.score.toFixed(3)) : words.standing(share(likeness.standing))]),
  ];
  const held = conditions.map(({ field, value }) => words.condition(field, shown(field, value)));
  return [...said, ...held];
}

/** The one that stands below the picture, in few words. */
export function shortReason(hit: Hit): string {
  const { likeness, words: found } = hit.why;
  if (found === null && likeness?.standing != null) return words.near(share(likeness.standing));
  return reasonsOf(hit)[0] ?? words.newest;
}

/** Hundredths that never say all where one picture is nearer. */
const share = (standing: number): string => {
  const percent = standing * 100;
  return percent < 99 ? String(Math.floor(percent)) : String(Math.min(99.9, Math.floor(percent * 10) / 10));
};

type Value = Hit["why"]["conditions"][number]["value"];

const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

function shown(field: string, value: Value): string {
  if (Array.isArray(value)) return value.join(", ");
  if (field === "taken_at") return days.format(new Date(Number(value) * 1000));
  if (field === "pixels") return area(Number(value));
  if (field === "bytes") return bytes(Number(value));
  return typeof value === "number" ? count(value) : value;
}

/** 12192768 → "12.2 megapixels", 364500 → "364,500 pixels". */
const area = (pixels: number): string =>
  pixels < 1e6 ? words.pixels(count(pixels)) : words.megapixels(String(Math.round(pixels / 1e5) / 10));
