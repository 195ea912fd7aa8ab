/** Halves of a character, which stand for the bytes of names that are no UTF-8. */
const halves = /\p{Surrogate}/gu;

/** A name as it can be shown. */
export const wellFormed = (name: string): string => name.replaceAll(halves, "\uFFFD");

/** Whether a name can stand in an address. */
export const isWellFormed = (name: string): boolean => name.search(halves) < 0;
