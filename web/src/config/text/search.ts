const fields: Readonly<Record<string, string>> = {
  tags: "its tags",
  title: "its title",
  name: "its name",
  caption: "its caption",
  place: "its place",
  text: "the text read in it",
  details: "its camera or lens",
  path: "its folders",
};

/** How a condition that a picture meets is told. */
const conditions: Readonly<Record<string, (value: string) => string>> = {
  pixels: (value) => value,
  bytes: (value) => `a file of ${value}`,
  width: (value) => `${value} pixels wide`,
  height: (value) => `${value} pixels high`,
  rating: (value) => (value === "1" ? "rated 1 star" : `rated ${value} stars`),
  taken_at: (value) => `taken on ${value}`,
  type: (value) => `format ${value}`,
  path: (value) => `in ${value}`,
};

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;

/** Words of the search page. */
export const search = {
  title: "Search",
  label: "Search by words and conditions; pictures may be dropped or pasted here",
  placeholder: "sunset at the beach  -people  date:2019",
  furtherPlaceholder: "and words or conditions",
  suggestions: "Ways to go on",
  suggested: (count: number) => (count === 0 ? "" : count === 1 ? "1 suggestion" : `${count} suggestions; arrow keys choose`),
  earlier: "searched before",
  clear: "Empty the box",
  keys: "Ctrl K or / comes here from anywhere",

  picture: "Picture …",
  dropHere: "Drop to search by this picture",
  bringing: (name: string) => `Reading ${name} …`,
  pictures: "Pictures to go by",
  pictureOf: (number: number) => `Picture ${number}`,
  like: "Like it",
  unlike: "Unlike it",
  weight: "Weight",
  weights: { "0.5": "half", "1": "once", "2": "twice", "4": "four times" } as Readonly<Record<string, string>>,
  region: "Only a part …",
  otherRegion: "Another part …",
  remove: "Leave it out",
  gone: "Not kept any more. Drop it again.",

  regionTitle: "Which part of the picture?",
  regionHint: "Draw a box, or press Enter for one in the middle. Arrow keys move it, with Shift they change its size, with Alt in small steps.",
  regionBox: "Chosen part",
  regionAt: (left: number, top: number, width: number, height: number) =>
    `${left} % from the left, ${top} % from the top, ${width} % wide, ${height} % high`,
  regionWhole: "The whole picture",
  regionNone: "No box",
  regionUseWhole: "Search by the whole picture",
  regionUse: "Search by this part",

  filters: "Conditions and terms",
  leaveOut: (part: string) => `Leave out ${part}`,

  searching: "Searching",
  none: "Nothing matched.",
  misread: "This search cannot be read.",
  noneHint: "Leave out a condition, or ask with fewer words.",
  noneKnown: "No name, tag, caption or text of a picture has these words. With a model that knows words, what pictures show is searched as well.",
  many: "More hits than are counted",
  found: (count: string, one: boolean) => (one ? "1 hit" : `${count} hits`),
  likely: (count: string) => `${count} likely what you meant`,
  results: "Hits, best first",
  beyond: "What follows is probably not what you meant.",
  end: "That is all.",
  getModel: "Get a model that knows words",

  similar: "More like this",
  why: "Why is it here?",
  open: (name: string) => `Look at ${name}`,
  standing: (percent: string) => `Looks nearer to it than ${percent} % of the library`,
  near: (percent: string) => `Nearer than ${percent} %`,
  likeness: (score: string) => `Likeness ${score}`,
  found_in: (where: readonly string[], whole: boolean) => {
    const named = listed(where.map((field) => fields[field] ?? field));
    return whole ? `Found in ${named}` : `Some of the words are in ${named}`;
  },
  condition: (field: string, value: string) => conditions[field]?.(value) ?? `${field.replaceAll("_", " ")}: ${value}`,
  megapixels: (number: string) => `${number} megapixels`,
  pixels: (number: string) => `${number} pixels`,
  shares: "What each term adds",
  newest: "Meets the conditions",

  past: "Earlier searches",
  forget: "Forget them",
  startTitle: "What you can ask",
  start: [
    { q: "date:last-year", about: "taken last year" },
    { q: "is:portrait", about: "held upright" },
    { q: "has:gps", about: "that know their place" },
    { q: "type:png", about: "of a format" },
    { q: "size:>12MP", about: "with many pixels" },
    { q: "rating:>=4", about: "rated four stars or more" },
  ],
  startHint:
    "Words, with a minus for what should not be there; a picture, dropped, pasted or picked, or a part of one; conditions, which the box completes. Any number of them together.",
} as const;
