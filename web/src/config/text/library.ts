import { count, counted } from "./numbers";

const pictures = (number: number) => counted(number, "picture", "pictures");

/** Words of the library. */
export const library = {
  title: "Library",
  timeline: "Date",
  undated: "Without a date",
  total: pictures,
  all: "All pictures",
  ways: "Out of this folder",
  folders: "Folders",
  grid: (name: string) => `${name}, by date`,
  picture: (taken: string | null) => (taken === null ? "Picture without a date" : `Picture of ${taken}`),
  density: { label: "Size of the pictures", small: "Small", middle: "Medium", large: "Large" },
  empty: {
    title: "There are no pictures yet.",
    words: "Drop pictures or folders anywhere on this page, or choose a folder of this computer to look through.",
    busy: "They are being looked through: they appear here as soon as they are known.",
    folder: "Add a folder",
    work: "See what is going on",
  },
  emptyFolder: "There are no pictures in this folder.",
  choosing: {
    begin: "Choose",
    one: "Choose this picture",
    region: "Chosen pictures",
    none: "Tap pictures to choose them.",
    chosen: (number: number) => `${count(number)} chosen`,
    dropped: (number: number) =>
      `The library has changed: ${counted(number, "picture is", "pictures are")} no longer chosen. Choose again what is meant.`,
    all: "Choose all",
    clear: "Choose none",
    open: "Open",
    similar: (number: number) => (number === 1 ? "More like this" : "More like these"),
    download: "Download",
    preparing: "Preparing…",
    trash: "Move to the trash",
    tooMany: (most: number) => `At most ${pictures(most)} at once.`,
  },
  trash: {
    title: (number: number) => `Move ${pictures(number)} to the trash?`,
    titleDone: "Moved to the trash",
    looking: "Looking at each file…",
    plan: (number: number, size: string) =>
      `${counted(number, "file goes", "files go")} to the trash, ${size}. It can be undone here, and later on the page Trash.`,
    refused: (number: number) => `${counted(number, "file stays", "files stay")} where ${number === 1 ? "it is" : "they are"}:`,
    more: (number: number) => `and ${count(number)} more`,
    act: "Move to the trash",
    doing: "Moving…",
    undoing: "Undoing…",
    done: (number: number, size: string) => `${counted(number, "file is", "files are")} in the trash, ${size}.`,
    undo: "Undo",
    undone: "Everything is back in its place.",
  },
} as const;
