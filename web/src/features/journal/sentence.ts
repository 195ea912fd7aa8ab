import { text } from "../../config/text";
import type { Act } from "./asked";

const words = text.journal;

/** What an act did, in words: "Moved 3 files to the trash and made 1 stack". */
export function sentenceOf(act: Pick<Act, "verb" | "done" | "planned" | "detail" | "closed">): string {
  const many = act.closed ? act.done : act.planned;
  if (act.verb === "undo") return words.undo(many);
  if (act.verb === "empty") return words.empty(many);
  const parts = verbsOf(act.detail).map(([verb, number]) => words.verbs[verb]?.(number) ?? verb);
  return capital(parts.length === 0 ? words.nothing : parts.join(words.and));
}

/** The verbs of an act with their numbers, as its opening line says. */
function verbsOf(detail: Act["detail"]): (readonly [string, number])[] {
  const verbs = detail["verbs"];
  if (typeof verbs !== "object" || verbs === null) return [];
  return Object.entries(verbs as Record<string, number>).filter(([verb, number]) => verb !== "left" && number > 0);
}

/** Who asked, as the journal says it: a key, or a person at the command line; nothing for these pages without a key. */
export function actorOf(actor: string): string {
  const [door, key] = actor.split(":");
  if (door !== "api") return words.by(actor);
  return key === undefined || key === "" ? "" : words.by(words.withKey(key));
}

/** Ids of the acts that an undoing or an emptying changed. */
export function changedActs(detail: Act["detail"]): string[] {
  const acts = detail["acts"];
  return Array.isArray(acts) ? acts.filter((each): each is string => typeof each === "string") : [];
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
