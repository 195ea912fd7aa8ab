import { count, counted } from "./numbers";

const files = (many: number) => counted(many, "file", "files");

/** Words of the journal. */
export const journal = {
  title: "Journal",
  lead: "Everything that was done to your files, newest first. Nothing in it is ever changed or removed.",
  none: "Nothing was done yet.",
  older: "Show older acts",
  open: "Show",
  takeBack: "Take it back …",
  running: "Under way",
  by: (actor: string) => `by ${actor}`,
  withKey: (key: string) => `the key ${key}`,
  verbs: {
    trash: (many: number) => `moved ${files(many)} to the trash`,
    hardlink: (many: number) => `replaced ${files(many)} by hardlinks`,
    symlink: (many: number) => `replaced ${files(many)} by symlinks`,
    keep: (many: number) => `kept all files of ${counted(many, "group", "groups")}`,
    distinct: (many: number) => `said that ${counted(many, "group is", "groups are")} no duplicates`,
    stack: (many: number) => `made ${counted(many, "stack", "stacks")}`,
  } as Readonly<Record<string, (many: number) => string>>,
  undo: (many: number) => `Took ${counted(many, "change", "changes")} back`,
  empty: (many: number) => `Deleted ${files(many)} for good`,
  and: " and ",
  nothing: "Nothing",
  state: {
    undone: "Taken back",
    partly: (undone: number, done: number) => `${count(undone)} of ${count(done)} taken back`,
    emptied: (many: number) => `${files(many)} deleted for good`,
    failed: (many: number) => `${count(many)} not done`,
  },
  act: (moment: string) => `What was done on ${moment}`,
  items: "What was done, file by file",
  itemsOf: (acts: number) => `It changed ${counted(acts, "act", "acts")}:`,
  events: {
    planned: "Under way",
    done: "Done",
    failed: "Not done",
    undoing: "Under way",
    undone: "Taken back",
    "not-undone": "Could not be taken back",
    emptying: "Under way",
    emptied: "Deleted for good",
    "not-emptied": "Stayed in the trash",
  } as Readonly<Record<string, string>>,
  kept: "Kept:",
  with: "With:",
  evidence: (tier: string, score: number, model: string) => `${tier}, score ${score.toFixed(3)}, by ${model}`,
  group: (name: string) => `Group ${name}`,
} as const;

/** Words of the trash. */
export const trash = {
  title: "Trash",
  lead: (many: number, size: string) =>
    many === 0
      ? "Nothing waits here."
      : `${files(many)}, ${size}. They lie on the disks they were on, and can be put back where they were.`,
  none: "The trash is empty.",
  noneHint: "What you let go waits here until you put it back or delete it for good.",
  list: "Files in the trash, newest first",
  choose: (name: string) => `Choose ${name}`,
  chosen: (many: number) => `${files(many)} chosen`,
  putBack: "Put back …",
  putAllBack: "Put all of it back …",
  clear: "Choose none",
  empty: "Delete for good …",
  emptyTitle: "Delete for good",
  which: "Which files?",
  ages: { all: "All in the trash", week: "In the trash for a week", month: "In the trash for 30 days", quarter: "In the trash for 90 days" },
  looking: "Looking what would be deleted …",
  wouldDelete: (many: number, size: string) => `${files(many)}, ${size}, would be gone for ever. Nothing brings them back.`,
  atLeast: (looked: number, all: number) => `Only the first ${count(looked)} of ${count(all)} were looked at.`,
  stays: (many: number) => `${files(many)} stay, since what was kept for them is gone: they may be the last copies.`,
  nothingToDelete: "There is nothing to delete.",
  word: "delete",
  type: (word: string) => `Type “${word}” to confirm`,
  deleteNow: "Delete for good",
  deleted: (many: number, size: string) => `${files(many)} deleted for good, ${size} freed.`,
  linked: { hardlink: "a hardlink is in its place", symlink: "a symlink is in its place" } as Readonly<
    Record<string, string>
  >,
} as const;

/** Words of the window that takes something back. */
export const undoing = {
  title: "Take back",
  looking: "Looking what can come back …",
  possible: (many: number, size: string) =>
    size === "" ? `${counted(many, "change", "changes")} can be taken back.` : `${files(many)}, ${size}, can be put back where they were.`,
  sample: (looked: number, all: number) => `The first ${count(looked)} of ${count(all)} were looked at.`,
  impossible: (many: number) => `${count(many)} cannot come back, and why:`,
  nothing: "Nothing of it can be taken back.",
  now: "Take it back",
  done: (many: number) => `${counted(many, "change", "changes")} taken back.`,
  failed: (many: number) => `${count(many)} could not be taken back, and can be tried again:`,
} as const;

/** Words of a job that is followed where it was begun. */
export const steered = {
  elsewhere: "You may leave this page: it goes on, and the page of work shows it.",
  pause: "Pause",
  resume: "Go on",
  cancel: "Stop here",
  paused: "Paused",
  waiting: "Waits for its turn",
  took: (time: string) => `Took ${time}.`,
  cancelled: "Stopped. What was done stays done, and can be taken back.",
} as const;
