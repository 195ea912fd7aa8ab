import { expect, test } from "vitest";

import { filtersSet, listingOf, viewOf } from "./view";

test("an address says all of a view, and what it does not know is left out", () => {
  const view = viewOf({ tier: "copy", order: "bytes", keeper: "/a", mode: "x", group: "1", folder: "", more: 1 });
  expect(view).toEqual({ tier: "copy", order: "bytes", keeper: "/a", group: "1" });
  expect(listingOf(view)).toEqual({ tier: "copy", order: "bytes", keeper_in: "/a", standing: "open" });
  expect(filtersSet(view)).toBe(1);
  expect(viewOf({})).toEqual({});
});
