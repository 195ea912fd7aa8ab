import { expect, test } from "vitest";

import type { Hit } from "./asked";
import { reasonsOf, shortReason } from "./reasons";

const hit = (why: Partial<Hit["why"]>) => ({ why: { likeness: null, words: null, conditions: [], ...why } }) as unknown as Hit;

test("each reason is a sentence, words first", () => {
  const both = hit({
    likeness: { score: 0.31, standing: 0.9996, terms: [] },
    words: { fields: ["name", "caption"], excerpt: "a boat", marks: [], whole: true },
    conditions: [{ field: "format", value: "PNG" }, { field: "taken_at", value: 0 }],
  });
  const said = reasonsOf(both);
  expect(said.slice(0, 3)).toEqual([
    "Found in its name and its caption",
    "Looks nearer to it than 99.9 % of the library",
    "format: PNG",
  ]);
  expect(said[3]).toContain("1970");
});

test("a picture that only meets conditions says so", () => {
  expect(shortReason(hit({}))).not.toBe("");
  expect(shortReason(hit({ likeness: { score: 0.31, standing: null, terms: [] } }))).toBe("Likeness 0.310");
});
