const numbers = new Intl.NumberFormat();

const counted = (number: number, one: string, many: string) => `${numbers.format(number)} ${number === 1 ? one : many}`;

/** Words of the page of folders. */
export const folders = {
  title: "Folders",
  tree: "Folders of the library",
  uploads: "Added pictures",
  where: "Where this folder is",
  pictures: (number: number) => counted(number, "picture", "pictures"),
  own: (number: number) => `${numbers.format(number)} in the folder itself`,
  folders: (number: number) => counted(number, "folder", "folders"),
  inside: "Folders in it",
  expand: (name: string) => `Show the folders in ${name}`,
  collapse: (name: string) => `Hide the folders in ${name}`,
  more: "Show more folders",
  look: "Look at the pictures",
  update: "Bring up to date",
  updating: "Is being brought up to date",
  preview: "Its newest pictures",
  taken: (day: string) => `Picture of ${day}`,
  undated: "Picture without a date",
  state: {
    here: "Available",
    away: "Away",
    awayWhy: (why: string) => `This folder is away: ${why}. Nothing in it is held to be deleted.`,
    notified: "Changes are taken in at once",
    compared: "Looked through for changes now and then",
    absent: "Watched for its return",
    unwatched: "Not watched",
    unwatchedHint: "New pictures are found when it is brought up to date. To have them taken in as they come, start with",
    scanned: (moment: string) => `Looked through on ${moment}`,
    never: "Never looked through as a whole",
    missing: (number: number) => `${counted(number, "picture is", "pictures are")} not there any more`,
  },
  refused: {
    title: (number: number) => `${counted(number, "file", "files")} could not be taken`,
    more: "Show more files",
  },
  add: {
    title: "Take in another folder",
    label: "Folder",
    act: "Look through",
    words: "A folder of the computer that runs Pinakes, below one of those it was started with. For one elsewhere, start it with",
    started: "The folder is being looked through.",
  },
  none: {
    title: "No folder is looked through yet.",
    words: "Add pictures from this browser, or start with the folder that holds yours:",
  },
  command: "pinakes up FOLDER",
  watching: "pinakes up FOLDER --watch",
} as const;
