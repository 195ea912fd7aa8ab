import { expect, test } from "vitest";

import { unwanted, type Terms } from "./terms";

const terms: Terms = { folder: "/uploads", max_bytes: 10, at_once: 8, videos: [".mov"], sidecars: [".xmp", ".aae"] };

const why = (name: string, of: string | null = null, size = 1) => unwanted(new File([new Uint8Array(size)], name), of, terms);

test("what is not taken is told by its name, before anything of it is sent", () => {
  expect(why("IMG.jpg")).toBeNull();
  expect(why("IMG.MOV")).toContain("video");
  expect(why("IMG.AAE")).toContain("only XMP");
  expect(why("IMG.jpg.json")).toContain("Notes");
  expect(why("IMG.jpg", null, 11)).toContain("Too large");
});

test("XMP is sent with its picture and not alone", () => {
  expect(why("IMG.xmp")).toContain("add the two together");
  expect(why("IMG.xmp", "abc")).toBeNull();
});
