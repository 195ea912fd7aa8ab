/** How a person does: rounds that were right of those played, and how many were right in a row. */
export interface Standing {
  readonly right: number;
  readonly played: number;
  readonly row: number;
  readonly best: number;
}

export const begun: Standing = { right: 0, played: 0, row: 0, best: 0 };

/** After one more answer. */
export function after(standing: Standing, right: boolean): Standing {
  const row = right ? standing.row + 1 : 0;
  return {
    right: standing.right + (right ? 1 : 0),
    played: standing.played + 1,
    row,
    best: Math.max(standing.best, row),
  };
}

/** Reads what a browser kept; anything else begins anew. */
export function standingOf(kept: string): Standing {
  try {
    const found: unknown = JSON.parse(kept);
    const numbers = Object.keys(begun).map((key) => Number(Reflect.get(Object(found), key)));
    const [right = 0, played = 0, row = 0, best = 0] = numbers;
    return numbers.every(Number.isSafeInteger) ? { right, played, row, best } : begun;
  } catch {
    return begun;
  }
}

/** The shares from 0 to 1 of the least and the greatest of all numbers, so that small differences can be seen. */
export function spread(rows: readonly (readonly number[])[]): (value: number) => number {
  const all = rows.flat();
  const [least, greatest] = [Math.min(...all), Math.max(...all)];
  const span = greatest - least || 1;
  return (value) => (value - least) / span;
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
