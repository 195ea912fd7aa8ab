import { count, counted } from "./numbers";

const pictures = (number: number) => counted(number, "picture", "pictures");

const files = (number: number) => counted(number, "file", "files");

/** Words of adding pictures by the browser. */
export const adding = {
  add: "Add pictures",
  files: "Choose pictures…",
  folder: "Choose a folder…",
  hint: "Or drop pictures and folders anywhere, or paste a picture.",
  drop: "Drop to add to the library",
  dropHint: "Pictures and folders. Nothing is kept twice, and nothing is overwritten.",
  region: "Adding pictures",
  list: "Files",
  begun: (number: number) => `Adding ${files(number)}`,
  reading: "Looking through the folders…",
  titles: {
    running: (done: number, of: number) => `Adding ${count(done)} of ${files(of)}`,
    held: "Stopped",
    ended: "Added",
  },
  sizes: (sent: string, of: string) => `${sent} of ${of}`,
  remaining: (time: string) => `${time} left`,
  outcomes: {
    added: (number: number) => `${pictures(number)} added`,
    known: (number: number) => `${pictures(number)} in the library already`,
    refused: (number: number) => `${files(number)} not added`,
    cancelled: (number: number) => `${files(number)} left out`,
    nothing: "Nothing was added.",
  },
  soon: "They show up in the library as soon as they are looked through.",
  states: {
    waiting: "Waiting",
    sending: "On its way",
    trying: "Trying again soon",
    added: "Added",
    known: "In the library already",
    refused: "Not added",
    cancelled: "Left out",
  },
  show: { label: "Shown", all: "All", refused: (number: number) => `Not added (${count(number)})` },
  acts: {
    cancel: "Leave out",
    cancelOf: (name: string) => `Leave out ${name}`,
    cancelAll: "Stop",
    retry: "Try again",
    retryOf: (name: string) => `Try ${name} again`,
    retryAll: "Try these again",
    goOn: "Go on",
    close: "Close",
    fold: "Make small",
    unfold: "Show the files",
    look: "Look at the library",
  },
  pasted: (moment: string, suffix: string) => `Pasted ${moment}${suffix}`,
  tooLarge: (name: string, size: string, most: string) => `${name} has ${size}; at most ${most} are taken.`,
  tooMany: (most: number) => `Only the first ${count(most)} files were taken. Drop the rest once these are done.`,
  away: "The server cannot be reached.",
} as const;
