import { expect, test } from "vitest";

import { diskOf, milliseconds, picturesOf, secondsOf } from "./cost";

test("an index takes its vectors and the embeddings beside them", () => {
  expect(diskOf(1000, 512)).toBe(2 * 4 * 512 * 1000);
});

test("nothing is promised that was not measured", () => {
  expect(secondsOf(1000, null)).toBeNull();
  const measured = {
    measured_at: 0, revision: "1", load_seconds: 1, picture_milliseconds: 20, batch_milliseconds: 12.5,
    text_milliseconds: null, caption_milliseconds: null, weights_bytes: 0, memory_bytes: null,
  };
  expect(secondsOf(1000, measured)).toBe(12.5);
  expect(secondsOf(1000, { ...measured, batch_milliseconds: null })).toBeNull();
});

test("times are told as precisely as they matter", () => {
  expect([0.42, 9.96, 12.4, 1500].map(milliseconds)).toEqual(["0.4 ms", "10.0 ms", "12 ms", "1.5 s"]);
});

test("a library without an index has no pictures to embed", () => {
  expect(picturesOf([])).toBe(0);
});
