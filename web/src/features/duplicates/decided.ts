import { text } from "../../config/text";
import type { Group } from "./asked";
import type { Outcome, Verb } from "./use-decisions";

const words = text.review;

interface Decided {
  readonly is: "sending" | "decided" | "failed" | null;
  readonly says: string;
  readonly acts: readonly string[];
}

/** How a group stands: what this page did last tells more than what the server knew when it was asked. */
export function decidedOf(group: Group | undefined, outcome: Outcome | undefined): Decided {
  if (outcome !== undefined) {
    const is = outcome.state === "done" ? (outcome.verb === null ? null : "decided") : outcome.state;
    return { is, says: outcome.says, acts: outcome.acts };
  }
  if (group?.decided) return { is: "decided", says: words.decided[group.decided.verb as Verb], acts: [group.decided.act] };
  return { is: null, says: "", acts: [] };
}

/** Whether there is something to decide over a group. */
export const isOpen = (group: Group | undefined, outcome: Outcome | undefined): boolean =>
  group !== undefined && decidedOf(group, outcome).is === null && group.assets.length > 1;
