import { expect, test } from "vitest";

import type { Group, GroupAsset } from "./asked";
import { bytesGoing, liesIn, linkable, only, proposed, toggled } from "./marks";

const asset = (path: string, sha256 = "a"): GroupAsset => ({
  asset: 1, path, sha256, bytes: 10, width: 4, height: 3, format: "JPEG", tier: "bytes", score: 1, evidence: {},
  changed_at: 0, taken_at: null, fields: 0, placeholder: null, metadata: {},
});

const group: Group = {
  id: "1", tier: "bytes", keep: "/a/1", why: "", reclaimable_bytes: 20, decided: null,
  assets: [asset("/a/1"), asset("/b/1"), asset("/safe/1", "b")],
};

test("a folder is no folder whose name begins alike", () => {
  expect(liesIn("/a/b", "/a")).toBe(true);
  expect(liesIn("/ab", "/a")).toBe(false);
  expect(liesIn("/ab", "/")).toBe(true);
});

test("what is protected stays, whichever is chosen", () => {
  expect(proposed(group, ["/safe"])).toEqual(["/a/1", "/safe/1"]);
  expect(only("/b/1", group, ["/safe"])).toEqual(["/b/1", "/safe/1"]);
  expect(bytesGoing(group, ["/b/1", "/safe/1"])).toBe(10);
});

test("one file always stays", () => {
  expect(toggled(["/a/1"], "/a/1")).toEqual(["/a/1"]);
  expect(toggled(toggled(["/a/1"], "/b/1"), "/a/1")).toEqual(["/b/1"]);
});

test("only equal bytes become links", () => {
  expect(linkable(group, ["/a/1"])).toBe(false);
  expect(linkable(group, ["/a/1", "/safe/1"])).toBe(true);
  expect(linkable(group, ["/a/1", "/b/1", "/safe/1"])).toBe(false);
});
