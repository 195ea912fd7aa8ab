import { describe, expect, it } from "vitest";

import { nextOpen, placeBefore } from "./next-open";

describe("the next open group", () => {
  it("passes over what is decided", () => {
    expect(nextOpen(3, 10, (index) => index < 6)).toBe(6);
  });
  it("is the next place where nothing near is open, so that one never stays", () => {
    expect(nextOpen(3, 10_000, () => true)).toBe(4);
    expect(nextOpen(9, 10, () => false)).toBe(10);
  });
});

describe("the group that was taken back", () => {
  it("is looked for where one is and before", () => {
    expect(placeBefore(9, (index) => index === 7)).toBe(7);
    expect(placeBefore(9, (index) => index === 9)).toBe(9);
  });
  it("is left where it is when it is far", () => {
    expect(placeBefore(1000, (index) => index === 3)).toBeNull();
  });
});
