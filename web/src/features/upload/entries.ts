/** Most files that are taken at once; a person who drops a whole disk hears that the rest was left. */
export const MOST = 100_000;

/** Files that systems put into folders for themselves. */
const systems = new Set(["thumbs.db", "desktop.ini", "icon\r"]);

/** Whether a file of a folder is worth sending: what is hidden or the system's was not meant. */
export const isMeant = (name: string): boolean => !name.startsWith(".") && !systems.has(name.toLowerCase());

/** Where files of dropped folders lie: the files themselves do not say. */
const paths = new WeakMap<File, string>();

/** Where a file lies in what was dropped or chosen. */
export const pathOf = (file: File): string => paths.get(file) ?? (file.webkitRelativePath || file.name);

/** What was dropped, as it must be asked for while the drop is handled. */
export function dropped(transfer: DataTransfer): readonly (FileSystemEntry | File)[] {
  return [...transfer.items].flatMap((item) => {
    if (item.kind !== "file") return [];
    const entry = item.webkitGetAsEntry() ?? item.getAsFile();
    return entry === null ? [] : [entry];
  });
}

/** Yields the files that were dropped and those in dropped folders, at any depth, some at a time; at most `most`. */
export async function* filesOf(given: readonly (FileSystemEntry | File)[], most = MOST): AsyncGenerator<File[]> {
  const found: File[] = given.filter((each) => each instanceof File);
  const entries = given.filter((each): each is FileSystemEntry => !(each instanceof File));
  const [chosen, stack] = [new Set(entries), entries.toReversed()];
  let left = most - found.length;
  if (found.length > 0) yield found.slice(0, most);
  while (stack.length > 0 && left > 0) {
    const entry = stack.pop();
    if (entry === undefined || (!chosen.has(entry) && !isMeant(entry.name))) continue;
    if (entry.isFile) {
      const file = await fileOf(entry as FileSystemFileEntry);
      if (file === null) continue;
      paths.set(file, entry.fullPath);
      left -= 1;
      yield [file];
    } else if (entry.isDirectory) {
      stack.push(...(await entriesOf(entry as FileSystemDirectoryEntry)).toReversed());
    }
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File | null> =>
  new Promise((resolve) => entry.file(resolve, () => resolve(null)));

/** All entries of a folder; browsers hand them out a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  const some = () =>
    new Promise<readonly FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
  for (let part = await some(); part.length > 0 && found.length < MOST; part = await some()) found.push(...part);
  return found;
}
