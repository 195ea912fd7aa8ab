const numbers = new Intl.NumberFormat(undefined);

/** 12345 → "12,345", as the reader's language writes it. */
export const count = (value: number): string => numbers.format(value);

/** "1 group", "2 groups". */
export const counted = (value: number, one: string, many: string): string =>
  `${count(value)} ${value === 1 ? one : many}`;
