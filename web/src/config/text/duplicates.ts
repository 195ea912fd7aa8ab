/** Words of the pages of duplicates. */
export const duplicates = {
  title: "Find duplicates",
  lead: "Three questions, then every group is shown with its evidence. Nothing is changed until you say so.",
  where: "Where?",
  everywhere: "In all folders",
  kinds: "Which kinds?",
  strictness: "What counts?",
  start: "Find duplicates",
  past: "Earlier searches",
  none: "No duplicates were found here.",
  noneHint: "Widen the kinds or be less strict, or be glad.",
  kept: "Kept",
  goes: "Goes",
  compare: "Compare",
  decide: "Decide",
  preview: "See what would change",
  change: "What would change",
  doIt: "Move to the trash",
  undo: "Take it back",
  win: "to win back",
  keepThis: "Keep this one",
  notDuplicates: "Not duplicates",
  flick: "Flick",
  beside: "Side by side",
  difference: "Difference",
  swap: "Swap (Space)",
  against: "Against",
  groups: "groups",
  all: "All",
  undone: "Taken back",
} as const;

export const tiers = {
  bytes: ["Identical files", "The same bytes, wherever they lie."],
  pixels: ["Same picture, another file", "Every pixel is equal; metadata or format differ."],
  hash: ["Resized or recompressed", "The same picture at another size or quality, turned or mirrored."],
  copy: ["Edited copies", "Cropped, framed, with text or colours changed; verified point by point."],
  similar: ["Similar shots", "Another shot of the scene. Look before you decide."],
} as const;

export const presets = { strict: "Strict", careful: "Careful", balanced: "Balanced", loose: "Loose" } as const;
