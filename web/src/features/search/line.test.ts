import { expect, test } from "vitest";

import { lineOf, piecesOf, picturesOf, pictureText, placeOf, regionText, replaced, typedOf, type Part } from "./line";

const part = (line: string, text: string, rest: Partial<Part>): Part => {
  const start = Array.from(line.slice(0, line.indexOf(text))).length;
  return { kind: "words", text, start, end: start + Array.from(text).length, weight: null, picture: null, without: "", ...rest };
};

const like = (asset: number) => ({ asset, sha256: null, region: null });

test("pictures are written as the language reads them", () => {
  expect(pictureText({ name: "asset:7", region: null, weight: 1 })).toBe("like:asset:7");
  const region = { left: 0.12345, top: 0, width: 0.5, height: 1 };
  expect(pictureText({ name: "asset:7", region, weight: -2 })).toBe("-like:asset:7@0.123,0,0.5,1^2");
});

test("a region stays within the picture however it is rounded", () => {
  for (let step = 0; step < 500; step += 1) {
    const left = step / 501;
    const top = ((step * 7) % 500) / 500.3;
    const text = regionText({ left, top, width: 1 - left, height: 1 - top });
    const [x = 0, y = 0, across = 0, down = 0] = text.split(",").map((value) => Math.round(Number(value) * 1000));
    expect(x + across).toBeLessThanOrEqual(1000 + (x === 1000 ? 1 : 0));
    expect(y + down).toBeLessThanOrEqual(1000 + (y === 1000 ? 1 : 0));
    expect(Math.min(across, down)).toBeGreaterThan(0);
  }
});

test("pictures stand beside the box and the rest within it", () => {
  const line = "🌅 sunset like:asset:7 type:png -like:asset:9^2";
  const parts = [
    part(line, "like:asset:7", { kind: "picture", weight: 1, picture: like(7) }),
    part(line, "-like:asset:9^2", { kind: "picture", weight: -2, picture: like(9) }),
  ];
  expect(typedOf(line, parts)).toBe("🌅 sunset type:png");
  expect(lineOf(typedOf(line, parts), picturesOf(parts))).toBe("🌅 sunset type:png like:asset:7 -like:asset:9^2");
  expect(typedOf("  as typed  ", [])).toBe("  as typed  ");
});

test("places are counted as the server counts them", () => {
  expect(placeOf("🌅 a", 3)).toBe(2);
  expect(replaced("🌅 da", 2, 4, "date:")).toBe("🌅 date:");
});

test("a line is cut where its pictures are", () => {
  expect(piecesOf("red -like:asset:7@0,0,1,1^2 boat").map(({ text, picture }) => [text, picture])).toEqual([
    ["red ", null],
    ["-like:asset:7@0,0,1,1^2", "asset:7"],
    [" boat", null],
  ]);
});
