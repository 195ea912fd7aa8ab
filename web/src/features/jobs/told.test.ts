import { expect, test } from "vitest";

import type { Job } from "./asked";
import { foundBy, refusedBy, titleOf } from "./told";

const job = (rest: Partial<Job>) => ({ id: "a", kind: "ingest", ...rest }) as Job;

test("a job is called by its kind and what it is about", () => {
  expect(titleOf(job({ folders: ["/home/ada/Photos"] }))).toBe("Ingestion of Photos");
  expect(titleOf(job({ folders: ["/a"], only: ["/a/2019", "/a/2020", "/a/2021"] }))).toBe("Ingestion of 2019 and 2 more");
  expect(titleOf(job({ kind: "index", model: "clip" }))).toBe("Another model's index of clip");
  expect(titleOf(job({ folders: ["/a"], only: ["/a/2019"], again: true }))).toBe("Second try of 2019");
  expect(titleOf(job({ kind: "map" }))).toBe("Map");
  expect(titleOf(job({ kind: "brew" }))).toBe("brew");
});

test("what came of it is said as far as it is something", () => {
  const scan = { changes: { new: 3, changed: 0, missing: 1200 }, counts: { stored: 9 } };
  expect(foundBy(job({ scan, index: { counts: { embedded: 3, refused: 0 } } })).slice(0, 2)).toEqual([
    "3 new",
    "1,200 not there any more",
  ]);
  expect(foundBy(job({ kind: "scan", changes: { new: 0, changed: 0 } }))).toEqual(["nothing new"]);
  expect(foundBy(job({ kind: "map" }))).toEqual([]);
});

test("what was refused is counted in every part of a job, also while it goes on", () => {
  const counts = (refused: number) => ({ counts: { stored: 9, refused } });
  expect(refusedBy(job({ failed: 0, scan: counts(129), index: counts(2) }))).toBe(131);
  expect(refusedBy(job({ failed: 131, scan: counts(129), index: counts(2) }))).toBe(131);
  expect(refusedBy(job({ kind: "index", failed: 0, report: counts(1) }))).toBe(1);
  expect(refusedBy(job({ kind: "map", failed: 0 }))).toBe(0);
});
