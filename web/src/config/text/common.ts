/** Words that every page has. */
export const common = {
  name: "Pinakes",
  skip: "Skip to the content",
  pages: {
    library: "Library",
    folders: "Folders",
    duplicates: "Duplicates",
    search: "Search",
    map: "Map",
    work: "Work",
    models: "Models",
    trash: "Trash",
    journal: "Journal",
    game: "Guessing game",
    more: "More",
  },
  theme: { label: "Appearance", system: "As the system", light: "Light", dark: "Dark" },
  wrong: "That did not work.",
  again: "Try again",
  loading: "Loading",
  close: "Close",
} as const;
