import { useSyncExternalStore } from "react";

import { text } from "../../config/text";
import { filesOf, MOST } from "./entries";
import { isRunning, Queue, type Totals } from "./queue";
import { send } from "./send";

/** The files of this page, whichever part of it is shown. */
export const queue = new Queue(send);

export const useTotals = (): Totals => useSyncExternalStore(queue.subscribe, queue.totals);

/** Adds what was dropped, chosen or pasted as it is found; answers a sentence where not all of it was taken. */
export async function addAll(given: readonly (FileSystemEntry | File)[]): Promise<string | null> {
  let count = 0;
  for await (const files of filesOf(given)) {
    queue.add(files);
    count += files.length;
  }
  return count < MOST ? null : text.adding.tooMany(MOST);
}

/** Has the browser ask before it leaves a page from which files are on their way. */
export function warnBeforeLeaving(): () => void {
  const warn = (event: BeforeUnloadEvent) => {
    if (isRunning(queue.totals())) event.preventDefault();
  };
  window.addEventListener("beforeunload", warn);
  return () => window.removeEventListener("beforeunload", warn);
}
