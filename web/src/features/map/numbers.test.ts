import { expect, test } from "vitest";

import { pointsOf, rowOf, traitsOf } from "./numbers";

function bytes(...parts: readonly (string | ArrayBufferView)[]): ArrayBuffer {
  const whole = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : new Uint8Array(part.buffer as ArrayBuffer),
  );
  return Uint8Array.from(whole.flatMap((part) => [...part])).buffer;
}

test("assets and places are read as they were written", () => {
  const body = bytes("PINAMAP1", BigUint64Array.of(2n), BigInt64Array.of(7n, 2n ** 40n), Float32Array.of(0, 1, -1, 0.5));
  const { count, assets, places } = pointsOf(body);
  expect([count, ...assets, ...places]).toEqual([2, 7, 2 ** 40, 0, 1, -1, 0.5]);
  expect([rowOf(assets, 7), rowOf(assets, 2 ** 40), rowOf(assets, 8)]).toEqual([0, 1, -1]);
});

test("traits are read column by column", () => {
  const legend = '{"folders": ["/a"]}     ';
  const columns = Uint16Array.of(2019, 65535, 0, 0, 3, 65535);
  const found = traitsOf(bytes("PINATRA1", BigUint64Array.of(2n, BigInt(legend.length)), legend, columns));
  expect(found.folderNames).toEqual(["/a"]);
  expect([[...found.years], [...found.folders], [...found.regions]]).toEqual([[2019, 65535], [0, 0], [3, 65535]]);
});

test("something else is not taken for a map", () => {
  expect(() => pointsOf(bytes("<!doctype html>"))).toThrow("PINAMAP1");
});
