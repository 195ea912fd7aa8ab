import { expect, test } from "vitest";

import { filesOf, isMeant } from "./entries";

const leaf = (name: string): FileSystemEntry =>
  ({ name, isFile: true, isDirectory: false, file: (told: (file: File) => void) => told(new File(["x"], name)) }) as never;

/** A folder that hands out its entries two at a time, as browsers do by hundreds. */
function folder(name: string, entries: readonly FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    let at = 0;
    return {
      readEntries: (told: (some: readonly FileSystemEntry[]) => void) => {
        told(entries.slice(at, at + 2));
        at += 2;
      },
    };
  };
  return { name, isFile: false, isDirectory: true, createReader } as never;
}

async function names(given: readonly FileSystemEntry[], most?: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const files of filesOf(given, most)) found.push(...files.map((file) => file.name));
  return found;
}

test("all files of dropped folders are found, in order, without what is hidden or the system's", async () => {
  const inner = folder("inner", ["c.jpg", ".DS_Store", "d.jpg", "Thumbs.db", "e.jpg"].map(leaf));
  expect(await names([leaf("a.jpg"), folder("outer", [leaf("b.jpg"), inner, folder(".git", [leaf("x")])]), leaf("z.jpg")])).toEqual(
    ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "z.jpg"],
  );
});

test("what a person dropped by itself is taken whatever it is called", async () => {
  expect(await names([leaf(".hidden.jpg")])).toEqual([".hidden.jpg"]);
  expect(isMeant(".hidden.jpg")).toBe(false);
});

test("no more files are read than are taken", async () => {
  const many = Array.from({ length: 50 }, (_, number) => leaf(`${number}.jpg`));
  expect(await names([folder("many", many)], 7)).toHaveLength(7);
});
