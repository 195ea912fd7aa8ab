import { expect, test } from "vitest";

import type { Beside, GroupAsset } from "./asked";
import { differences } from "./differences";
import { shown, span } from "./metadata-differences";

const asset = (more: Partial<GroupAsset>): GroupAsset => ({
  asset: 1, path: "/a/1.jpg", sha256: "a", bytes: 1000, width: 400, height: 300, format: "JPEG", tier: "copy", score: 1,
  evidence: {}, changed_at: 0, taken_at: null, fields: 0, placeholder: null, metadata: {}, ...more,
});

const said = (kept: GroupAsset, other: GroupAsset, beside?: Beside) =>
  differences(kept, other, beside).map(({ says, better }) => `${["−", "", "+"][better + 1] ?? ""}${says}`);

test("equal bytes differ in nothing but their place", () => {
  expect(said(asset({}), asset({ path: "/b/1.jpg" }))).toEqual(["byte for byte the same", "another folder"]);
});

test("what is worse and what is better is told apart", () => {
  const kept = asset({ metadata: { camera: "X", latitude: 1 }, taken_at: 0, fields: 9 });
  const other = asset({
    sha256: "b", width: 200, height: 150, format: "PNG", bytes: 2000, metadata: { title: "T" }, taken_at: 7200, fields: 7,
  });
  expect(said(kept, other)).toEqual([
    "−25 % of its pixels", "PNG instead of JPEG", "1.0 kB larger", "taken 2 h later", "−without GPS, camera",
    "+has title", "−2 fewer fields of metadata",
  ]);
});

test("how a copy lies on its original is told in words", () => {
  const beside: Beside = {
    matrix: [-1, 0, 1, 0, 1, 0, 0, 0, 1], overlap: [0.72, 1], quality: [95, 60], points: 112, score: 1, mirrored: true,
  };
  expect(said(asset({}), asset({ sha256: "b", evidence: { inliers: 112 } }), beside)).toEqual([
    "−JPEG quality 60 instead of 95", "mirrored", "−cropped to 72 %", "112 matching points",
  ]);
});

test("spans are told in a unit that says them well", () => {
  expect([1, 99, 3600, 7200, 86_400 * 3, 86_400 * 1000].map(span)).toEqual([
    "1 s", "99 s", "60 min", "2 h", "3 days", "2.7 years",
  ]);
});

test("values are shown as a person reads them", () => {
  expect(shown({ city: "Rome", country: "Italy", distance_km: 3 })).toBe("Rome, Italy");
  expect(shown(["a", "b"])).toBe("a, b");
  expect(shown(null)).toBe("");
});
