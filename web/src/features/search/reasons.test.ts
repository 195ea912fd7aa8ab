import { expect, test } from "vitest";

import type { Hit } from "./asked";
import { reasonsOf, shortReason } from "./reasons";

const hit = (why: Partial<Hit["why"]>) => ({ why: { likeness: null, words: null, conditions: [], ...why } }) as unknown as Hit;

test("each reason is a sentence, words first", () => {
  const both = hit({
    likeness: { score: 0.31, standing: 0.9996, terms: [] },
    words: { fields: ["name", "caption"], excerpt: "a boat", marks: [], whole: true },
    conditions: [{ field: "type", value: "PNG" }, { field: "taken_at", value: 0 }],
  });
  const said = reasonsOf(both);
  expect(said.slice(0, 3)).toEqual([
    "Found in its name and its caption",
    "Looks nearer to it than 99.9 % of the library",
    "format PNG",
  ]);
  expect(said[3]).toContain("1970");
});

test("a picture that only meets conditions says so", () => {
  expect(shortReason(hit({}))).not.toBe("");
  expect(shortReason(hit({ likeness: { score: 0.31, standing: null, terms: [] } }))).toBe("Likeness 0.310");
});

test("numbers are written for people", () => {
  const said = (field: string, value: number) => reasonsOf(hit({ conditions: [{ field, value }] }))[0];
  expect(said("pixels", 12_192_768)).toBe("12.2 megapixels");
  expect(said("pixels", 364_500)).toMatch(/^364.500 pixels$/u);
  expect(said("bytes", 1_536_000)).toBe("a file of 1.5 MB");
  expect(said("rating", 1)).toBe("rated 1 star");
  expect(said("latitude", 48.1)).toBe("latitude: 48.1");
});
