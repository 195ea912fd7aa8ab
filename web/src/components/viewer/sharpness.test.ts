import { expect, test } from "vitest";

import { sharperThan, type Sharpness } from "./sharpness";

const photo: Sharpness = { asset: 7, sha256: "abc", size: { width: 6000, height: 4000 }, frames: 1, shown: true };
const original = "/api/v1/assets/7/original";
const large = "/api/v1/contents/abc/picture?side=3200";

test("nothing sharper is asked for than the screen shows", () => {
  expect(sharperThan(photo, 1600)).toBeNull();
  expect(sharperThan(photo, 3000)).toBe(large);
  expect(sharperThan(photo, 6000)).toBe(original);
});

test("a small picture is seen as it is when it is enlarged", () => {
  const small = { ...photo, size: { width: 300, height: 200 } };
  expect(sharperThan(small, 300)).toBeNull();
  expect(sharperThan(small, 1200)).toBe(original);
});

test("what browsers do not show, or cannot hold, is made by the server", () => {
  expect(sharperThan({ ...photo, shown: false }, 6000)).toBe(large);
  expect(sharperThan({ ...photo, size: { width: 20000, height: 10000 } }, 20000)).toBe(large);
  expect(sharperThan({ ...photo, shown: false, size: { width: 300, height: 200 } }, 1200)).toBeNull();
});

test("one that moves is the original at once", () => {
  expect(sharperThan({ ...photo, frames: 12 }, 200)).toBe(original);
});
