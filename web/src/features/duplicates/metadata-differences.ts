import { text } from "../../config/text";
import type { GroupAsset } from "./asked";
import type { Difference } from "./difference";

const { says, fields, spans } = text.compare;

/** Days from which a span is told in years. */
const YEARS = 700;

/** A span of seconds in the largest unit that says it well. */
export function span(seconds: number): string {
  const minutes = seconds / 60;
  const hours = minutes / 60;
  const days = hours / 24;
  if (seconds < 100) return spans.seconds(Math.max(1, Math.round(seconds)));
  if (minutes < 100) return spans.minutes(Math.round(minutes));
  if (hours < 48) return spans.hours(Math.round(hours));
  return days < YEARS ? spans.days(Math.round(days)) : spans.years((days / 365.25).toFixed(1));
}

/** In what the metadata of a file differs from that of the kept one: what it lacks, has, or says otherwise. */
export function metadataDifferences(kept: GroupAsset, other: GroupAsset): readonly Difference[] {
  if (kept.sha256 === other.sha256) return [];
  const compared = [...ofDate(kept, other), ofPosition(kept, other), ...Object.keys(fields).map((name) => ofField(name, kept, other))];
  const lacking = compared.flatMap((each) => each?.lacks ?? []);
  const having = compared.flatMap((each) => each?.has ?? []);
  const found: Difference[] = compared.flatMap((each) => (each?.says === undefined ? [] : [{ says: each.says, better: 0 }]));
  // Copies often lack all of it at once: one line says so.
  if (lacking.length > 0) found.push({ says: says.lacks(lacking), better: -1 });
  if (having.length > 0) found.push({ says: says.has(having), better: 1 });
  const more = other.fields - kept.fields;
  if (more > 0) found.push({ says: says.moreFields(more), better: 1 });
  if (more < 0) found.push({ says: says.fewerFields(-more), better: -1 });
  return found;
}

/** A field that the file lacks, or has where the kept one lacks it, or how it says it otherwise. */
interface Compared {
  readonly lacks?: string;
  readonly has?: string;
  readonly says?: string;
}

function ofField(name: string, kept: GroupAsset, other: GroupAsset): Compared | null {
  const field = fields[name as keyof typeof fields];
  const [before, now] = [shown(kept.metadata[name]), shown(other.metadata[name])];
  if (before === now) return null;
  if (now === "") return { lacks: field };
  return before === "" ? { has: field } : { says: says.other(field, now, before) };
}

function ofDate(kept: GroupAsset, other: GroupAsset): readonly Compared[] {
  if (kept.taken_at === null && other.taken_at === null) return [];
  if (other.taken_at === null) return [{ lacks: fields.taken }];
  if (kept.taken_at === null) return [{ has: fields.taken }];
  const later = other.taken_at - kept.taken_at;
  if (Math.abs(later) < 0.5) return [];
  return [{ says: later > 0 ? says.later(span(later)) : says.earlier(span(-later)) }];
}

function ofPosition(kept: GroupAsset, other: GroupAsset): Compared | null {
  const [had, has] = [kept, other].map((asset) => typeof asset.metadata["latitude"] === "number");
  if (had === has) return null;
  return has ? { has: fields.gps } : { lacks: fields.gps };
}

/** A value as a person reads it; nothing for none. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "object")
    return ["location", "city", "region", "country"]
      .map((part) => (value as Record<string, unknown>)[part])
      .filter((part) => typeof part === "string")
      .join(", ");
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? String(value) : "";
}
