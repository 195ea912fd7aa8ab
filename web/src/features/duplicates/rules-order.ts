/** A rule as the page holds it: a key that stays while it moves, its name, and its pattern where it has one. */
export interface EditedRule {
  readonly key: number;
  readonly name: string;
  readonly pattern: string;
}

export type Patterns = ReadonlyMap<string, "none" | "optional" | "needed">;

let keys = 0;

/** "path:/photos" → a rule of the page. */
export function read(written: string): EditedRule {
  const colon = written.indexOf(":");
  keys += 1;
  return colon < 0
    ? { key: keys, name: written, pattern: "" }
    : { key: keys, name: written.slice(0, colon), pattern: written.slice(colon + 1) };
}

/** As the server reads it. */
export const written = (rule: EditedRule): string =>
  rule.pattern.trim() === "" ? rule.name : `${rule.name}:${rule.pattern.trim()}`;

/** The rules that can be tried: those without the pattern that they need are left out until they have it. */
export const usable = (rules: readonly EditedRule[], patterns: Patterns): string[] =>
  rules.filter((rule) => patterns.get(rule.name) !== "needed" || rule.pattern.trim() !== "").map(written);

/** The list with the rule at one place moved to another; places beyond the ends are the ends. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(Math.min(Math.max(0, to), next.length), 0, item);
  return next;
}
