import { useSyncExternalStore } from "react";

import { text } from "../../config/text";
import { isXmp, Pairs } from "./belonging";
import { filesOf, MOST } from "./entries";
import { isRunning, type Totals } from "./item";
import { Queue } from "./queue";
import { send } from "./send";
import { termsNow, unwanted } from "./terms";

/** The files of this page, whichever part of it is shown. */
export const queue = new Queue(send);

export const useTotals = (): Totals => useSyncExternalStore(queue.subscribe, queue.totals);

/** Adds what was dropped, chosen or pasted as it is found; answers a sentence where not all of it was taken. */
export async function addAll(given: readonly (FileSystemEntry | File)[]): Promise<string | null> {
  let count = 0;
  const others: (readonly [File, number])[] = [];
  const belonging: File[] = [];
  for await (const files of filesOf(given)) {
    const sent = files.filter((file) => !isXmp(file));
    const ids = queue.add(sent);
    sent.forEach((file, index) => others.push([file, ids[index] ?? -1]));
    belonging.push(...files.filter(isXmp));
    count += files.length;
  }
  // Their pictures may be found after them.
  if (belonging.length > 0) await addBelonging(belonging, others);
  return count < MOST ? null : text.adding.tooMany(MOST);
}

/** Adds XMP files with the pictures they belong to; what is refused by its name is nobody's picture. */
async function addBelonging(belonging: readonly File[], others: readonly (readonly [File, number])[]) {
  const terms = await termsNow();
  const pairs = new Pairs();
  for (const [file, id] of others) if (unwanted(file, null, terms) === null) pairs.remember(file, id);
  queue.addBelonging(belonging.map((file) => ({ file, of: pairs.pictureOf(file) })));
}

/** Has the browser ask before it leaves a page from which files are on their way. */
export function warnBeforeLeaving(): () => void {
  const warn = (event: BeforeUnloadEvent) => {
    if (isRunning(queue.totals())) event.preventDefault();
  };
  window.addEventListener("beforeunload", warn);
  return () => window.removeEventListener("beforeunload", warn);
}
