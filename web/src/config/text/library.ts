/** Words of the library. */
export const library = {
  title: "Library",
  timeline: "Date",
  empty: "There are no pictures yet.",
  undated: "Without a date",
} as const;
