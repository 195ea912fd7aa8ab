/** The part of an address that says which picture is looked at. */
export interface Viewed {
  readonly picture?: number;
}

/** Reads it from the parameters of an address; whatever is no picture is left out. */
export function pictureOf(given: Readonly<Record<string, unknown>>): { picture?: number } {
  const picture = Number(given["picture"]);
  return Number.isSafeInteger(picture) && picture > 0 ? { picture } : {};
}
