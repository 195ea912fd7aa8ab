import { text } from "../../config/text";
import type { GroupAsset } from "./asked";
import type { Difference } from "./differences";

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

/** In what the metadata of a file differs from that of the kept one: what it has, lacks, or says otherwise. */
export function metadataDifferences(kept: GroupAsset, other: GroupAsset): readonly Difference[] {
  if (kept.sha256 === other.sha256) return [];
  const found = [...ofDate(kept, other), ...ofPosition(kept, other)];
  for (const name of Object.keys(fields)) {
    const difference = ofField(name, shown(kept.metadata[name]), shown(other.metadata[name]));
    if (difference !== null) found.push(difference);
  }
  const more = other.fields - kept.fields;
  if (more > 0) found.push({ says: says.moreFields(more), better: 1 });
  if (more < 0) found.push({ says: says.fewerFields(-more), better: -1 });
  return found;
}

function ofField(name: string, kept: string, other: string): Difference | null {
  const field = fields[name as keyof typeof fields];
  if (kept === other) return null;
  if (other === "") return { says: says.lacks(field), better: -1 };
  if (kept === "") return { says: says.has(field), better: 1 };
  return { says: says.other(field, other, kept), better: 0 };
}

function ofDate(kept: GroupAsset, other: GroupAsset): readonly Difference[] {
  if (kept.taken_at === null && other.taken_at === null) return [];
  if (other.taken_at === null) return [{ says: says.lacks(fields.taken), better: -1 }];
  if (kept.taken_at === null) return [{ says: says.has(fields.taken), better: 1 }];
  const later = other.taken_at - kept.taken_at;
  if (Math.abs(later) < 0.5) return [];
  return [{ says: later > 0 ? says.later(span(later)) : says.earlier(span(-later)), better: 0 }];
}

function ofPosition(kept: GroupAsset, other: GroupAsset): readonly Difference[] {
  const [had, has] = [kept, other].map((asset) => typeof asset.metadata["latitude"] === "number");
  if (had === has) return [];
  return has ? [{ says: says.has(fields.gps), better: 1 }] : [{ says: says.lacks(fields.gps), better: -1 }];
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
