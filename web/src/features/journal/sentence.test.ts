import { describe, expect, it } from "vitest";

import { actorOf, changedActs, sentenceOf } from "./sentence";

const act = (detail: Record<string, unknown>, verb = "resolve") => ({ verb, done: 2, planned: 3, closed: true, detail });

describe("what an act did, in words", () => {
  it("names every verb with its number and leaves out what was left alone", () => {
    expect(sentenceOf(act({ verbs: { trash: 3, stack: 1, left: 7 } }))).toBe("Moved 3 files to the trash and made 1 stack");
  });
  it("tells undoing and emptying by what was done", () => {
    expect(sentenceOf(act({}, "undo"))).toBe("Took 2 changes back");
    expect(sentenceOf({ ...act({}, "empty"), closed: false })).toBe("Deleted 3 files for good");
  });
  it("has a word for an act that says nothing, and for a verb that is not known here", () => {
    expect(sentenceOf(act({}))).toBe("Nothing");
    expect(sentenceOf(act({ verbs: { polish: 1 } }))).toBe("Polish");
  });
});

describe("who acted", () => {
  it("is a key or a person; these pages need not name themselves", () => {
    expect(actorOf("api")).toBe("");
    expect(actorOf("api:phone")).toBe("by the key phone");
    expect(actorOf("ada")).toBe("by ada");
  });
});

describe("acts that were changed", () => {
  it("are those that the opening line names", () => {
    expect(changedActs({ acts: ["a", 1, "b"] })).toEqual(["a", "b"]);
    expect(changedActs({})).toEqual([]);
  });
});
