import { text } from "../../config/text";
import { count, nameOf } from "../../lib/format";
import type { Job } from "./asked";

const words = text.work;

/** What a job is, in a few words: its kind and what it is about. */
export function titleOf(job: Job): string {
  const kind = job["again"] === true ? words.again : (words.kinds[job.kind] ?? job.kind);
  const about = aboutOf(job);
  return about === null ? kind : words.of(kind, about);
}

/** The folders or the model that a job is about, where it says so. */
export function aboutOf(job: Job): string | null {
  const folders = strings(job["only"]) ?? strings(job["folders"]);
  const first = folders?.[0];
  if (folders !== null && first !== undefined)
    return folders.length === 1 ? shortOf(first) : words.more(shortOf(first), folders.length - 1);
  return typeof job["model"] === "string" ? job["model"] : null;
}

const shortOf = (path: string): string => nameOf(path) || path;

const strings = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((each) => typeof each === "string") ? value : null;

/** What came of a job, the parts of a sentence; empty where it does not say. */
export function foundBy(job: Job): readonly string[] {
  const scan = inside(job, "scan") ?? job;
  const changes = numbers(inside(scan, "changes"));
  const made = numbers(inside(inside(job, "index") ?? inside(job, "report"), "counts"));
  const said = [...changes, ...made].flatMap(([name, number]) =>
    number === 0 ? [] : (words.part(name, count(number)) ?? []),
  );
  return said.length === 0 && changes.length > 0 ? [words.nothingNew] : said;
}

/** How many files a job has refused so far, in all of its parts: its own count is of one of them while it runs. */
export function refusedBy(job: Job): number {
  const index = inside(job, job.kind === "index" ? "report" : "index");
  return Math.max(job.failed, refusedIn(inside(job, "scan") ?? job) + refusedIn(index));
}

const refusedIn = (part: unknown): number =>
  numbers(inside(part, "counts")).find(([name]) => name === "refused")?.[1] ?? 0;

function inside(value: unknown, name: string): unknown {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : null;
  return typeof found === "object" ? found : null;
}

const numbers = (value: unknown): readonly (readonly [string, number])[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number")
    : [];
