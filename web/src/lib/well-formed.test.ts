import { expect, test } from "vitest";

import { isWellFormed, wellFormed } from "./well-formed";

test("names that are no UTF-8 can be shown, and are known to have no address", () => {
  for (const name of ["plain", "Köln", "😀.jpg", ""]) {
    expect(isWellFormed(name)).toBe(true);
    expect(wellFormed(name)).toBe(name);
    expect(() => encodeURIComponent(name)).not.toThrow();
  }
  expect(isWellFormed("b\udcffd")).toBe(false);
  expect(wellFormed("b\udcffd")).toBe("b\uFFFDd");
});
