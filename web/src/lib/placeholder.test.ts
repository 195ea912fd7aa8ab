import { expect, test } from "vitest";

import { placeholderUrl } from "./placeholder";

/** Twelve times red: 0xF800, the low byte first. */
const RED = "APgA+AD4".repeat(4);

test("a placeholder becomes a bitmap of twelve pixels", () => {
  const address = placeholderUrl(RED) ?? "";
  const bytes = Uint8Array.from(atob(address.slice("data:image/bmp;base64,".length)), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  expect(String.fromCharCode(...bytes.slice(0, 2))).toBe("BM");
  expect([view.getUint32(2, true), view.getUint32(10, true)]).toEqual([bytes.length, 66]);
  expect([view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)]).toEqual([4, -3, 16]);
  expect(bytes.length - view.getUint32(10, true)).toBe(24);
});

test("what is no placeholder is none", () => {
  for (const text of [null, undefined, "", "abc", `${RED}A`, `${RED.slice(1)}"`]) expect(placeholderUrl(text)).toBeNull();
});
