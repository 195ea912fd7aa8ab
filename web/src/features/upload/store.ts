import { useSyncExternalStore } from "react";

import { text } from "../../config/text";
import { isXmp, Pairs } from "./belonging";
import { filesOf, MOST } from "./entries";
import { isRunning, type Totals } from "./item";
import { Queue } from "./queue";
import { send } from "./send";

/** The files of this page, whichever part of it is shown. */
export const queue = new Queue(send);

export const useTotals = (): Totals => useSyncExternalStore(queue.subscribe, queue.totals);

/** Adds what was dropped, chosen or pasted as it is found; answers a sentence where not all of it was taken. */
export async function addAll(given: readonly (FileSystemEntry | File)[]): Promise<string | null> {
  let count = 0;
  const pairs = new Pairs();
  const belonging: File[] = [];
  for await (const files of filesOf(given)) {
    const pictures = files.filter((file) => !isXmp(file));
    const ids = queue.add(pictures);
    pictures.forEach((file, index) => pairs.remember(file, ids[index] ?? -1));
    belonging.push(...files.filter(isXmp));
    count += files.length;
  }
  // Their pictures may be found after them.
  queue.addBelonging(belonging.map((file) => ({ file, of: pairs.pictureOf(file) })));
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
