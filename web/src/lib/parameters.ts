/** A value of an address, where it is a string. */
export const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
