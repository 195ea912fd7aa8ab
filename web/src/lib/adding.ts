/** What a person may be asked to choose. */
export type Choosing = "files" | "folder";

const asked = new Set<(choosing: Choosing) => void>();

/** Has the browser ask for pictures, or a folder of them, to add; from within a press, as browsers demand. */
export function askForPictures(choosing: Choosing): void {
  for (const tell of asked) tell(choosing);
}

/** Calls `tell` whenever pictures are to be asked for; returns what stops it. */
export function onAsked(tell: (choosing: Choosing) => void): () => void {
  asked.add(tell);
  return () => void asked.delete(tell);
}
