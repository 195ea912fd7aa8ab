/** Words that every page has. */
export const common = {
  name: "Pinakes",
  skip: "Skip to the content",
  pages: { library: "Library", duplicates: "Duplicates", search: "Search", work: "Work" },
  theme: { label: "Appearance", system: "As the system", light: "Light", dark: "Dark" },
  wrong: "That did not work.",
  again: "Try again",
  loading: "Loading",
  close: "Close",
} as const;
