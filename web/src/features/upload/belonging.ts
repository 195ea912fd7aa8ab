import { pathOf } from "./entries";

/** Whether a file is XMP, which belongs to the picture beside it. */
export const isXmp = (file: File): boolean => file.name.toLowerCase().endsWith(".xmp");

/** Finds the pictures that files belong to, among those that were given with them. */
export class Pairs {
  readonly #byName = new Map<string, number>();
  readonly #byStem = new Map<string, number>();

  /** Remembers a picture by its id; of several with one stem, the first stands for all. */
  remember(file: File, id: number): void {
    const path = pathOf(file).toLowerCase();
    this.#byName.set(path, id);
    const stem = withoutSuffix(path);
    if (!this.#byStem.has(stem)) this.#byStem.set(stem, id);
  }

  /** The picture of an XMP file: "IMG.jpg" of "IMG.jpg.xmp", any "IMG" of "IMG.xmp"; null where there is none. */
  pictureOf(file: File): number | null {
    const name = withoutSuffix(pathOf(file).toLowerCase());
    return this.#byName.get(name) ?? this.#byStem.get(name) ?? null;
  }
}

const withoutSuffix = (path: string): string => path.replace(/\.[^./]*$/, "");
