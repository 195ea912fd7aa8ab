import { expect, test } from "vitest";

import { isXmp, Pairs } from "./belonging";

function at(path: string): File {
  const file = new File(["x"], path.replace(/.*\//, ""));
  Object.defineProperty(file, "webkitRelativePath", { value: path });
  return file;
}

test("an XMP file finds its picture in its own folder, by the whole name or by the stem", () => {
  const pairs = new Pairs();
  for (const [id, path] of ["a/IMG_1.JPG", "a/IMG_1.NEF", "b/IMG_1.jpg", "a/holiday.2019.jpg"].entries())
    pairs.remember(at(path), id);
  expect(pairs.pictureOf(at("a/IMG_1.nef.xmp"))).toBe(1);
  expect(pairs.pictureOf(at("a/IMG_1.xmp"))).toBe(0);
  expect(pairs.pictureOf(at("b/IMG_1.XMP"))).toBe(2);
  expect(pairs.pictureOf(at("a/holiday.2019.xmp"))).toBe(3);
  expect(pairs.pictureOf(at("c/IMG_1.xmp"))).toBeNull();
  expect(pairs.pictureOf(at("a/IMG_2.xmp"))).toBeNull();
});

test("only XMP belongs to a picture", () => {
  expect([at("a.xmp"), at("a.XMP"), at("a.jpg"), at("xmp"), at("a.aae")].map(isXmp)).toEqual([true, true, false, false, false]);
});
