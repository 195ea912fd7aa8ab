import { expect, test } from "vitest";

import { pictureOf } from "./address";

test("a picture is a number of the library; anything else is left out", () => {
  expect(pictureOf({ picture: 12, tier: "bytes" })).toEqual({ picture: 12 });
  expect(pictureOf({ picture: "12" })).toEqual({ picture: 12 });
  for (const picture of [undefined, "x", -1, 0, 1.5, 2 ** 60, null, ""]) expect(pictureOf({ picture })).toEqual({});
});
