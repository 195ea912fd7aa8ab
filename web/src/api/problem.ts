/** What the server says is wrong, and what to do about it (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly remedy: string,
    /** Where a search does not parse, in characters as Unicode counts them. */
    readonly place: { readonly start: number; readonly end: number } | null = null,
  ) {
    super(remedy ? `${detail} ${remedy}` : detail);
  }
}

interface Told {
  readonly detail?: unknown;
  readonly remedy?: unknown;
  readonly start?: unknown;
  readonly end?: unknown;
}

/** Makes a problem of an answer's body, whatever it is. */
export function problemOf(status: number, body: unknown): Problem {
  const told: Told = typeof body === "object" && body !== null ? body : {};
  const detail = typeof told.detail === "string" ? told.detail : `The server answered ${status}.`;
  return new Problem(status, detail, typeof told.remedy === "string" ? told.remedy : "", placeOf(told));
}

const placeOf = ({ start, end }: Told) => (typeof start === "number" && typeof end === "number" ? { start, end } : null);
