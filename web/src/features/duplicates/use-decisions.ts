import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import type { Group, Resolution } from "./asked";
import type { Stays } from "./marks";

export type Verb = "trash" | "hardlink" | "keep" | "distinct" | "stack";

/** What became of a group since this page was opened. */
export interface Outcome {
  readonly verb: Verb | null;
  readonly state: "sending" | "done" | "failed";
  readonly acts: readonly string[];
  readonly says: string;
}

type Body = components["schemas"]["ResolveRequest"];

export interface Decisions {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** What a reader is told last. */
  readonly told: string;
  readonly decide: (group: Group, verb: Verb, stays: Stays) => void;
  /** Takes the last decision of this page back; returns its group, or null where there is none. */
  readonly undoLast: () => string | null;
  readonly undo: (group: string, acts: readonly string[]) => void;
}

const words = text.review;

/** Decisions over single groups: shown at once, sent one after the other, each can be taken back. */
export function useDecisions(review: string): Decisions {
  const client = useQueryClient();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [told, setTold] = useState("");
  const latest = useRef(outcomes);
  const order = useRef<string[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());

  const put = (group: string, outcome: Outcome) => {
    latest.current = new Map(latest.current).set(group, outcome);
    setOutcomes(latest.current);
  };
  const send = (group: string, work: () => Promise<Outcome>) => {
    queue.current = queue.current.then(async () => {
      try {
        const outcome = await work();
        put(group, outcome);
        setTold(outcome.says);
      } catch (error) {
        const before = latest.current.get(group);
        const says = words.failed(error instanceof Error ? error.message : String(error));
        put(group, { verb: null, acts: before?.acts ?? [], state: "failed", says });
        setTold(says);
      }
      void client.invalidateQueries({ queryKey: ["reviews", review, "left"] });
    });
  };

  const decide = (group: Group, verb: Verb, stays: Stays) => {
    order.current = [...order.current.filter((each) => each !== group.id), group.id];
    put(group.id, { verb, state: "sending", acts: [], says: words.sending });
    send(group.id, () => decided(group, verb, stays));
  };
  const undo = (group: string, acts: readonly string[]) => {
    order.current = order.current.filter((each) => each !== group);
    // What is still on its way is taken back once it has arrived.
    send(group, async () => {
      const sent = latest.current.get(group)?.acts ?? [];
      const all = [...new Set([...acts, ...sent])];
      if (all.length > 0) await dataOf(api.POST("/api/v1/undo", { body: { acts: all } }));
      return { verb: null, state: "done", acts: [], says: words.said.undone };
    });
  };
  const undoLast = () => {
    const group = order.current.at(-1);
    if (group === undefined) {
      setTold(words.said.nothing);
      return null;
    }
    undo(group, []);
    return group;
  };
  return { outcomes, told, decide, undo, undoLast };
}

const resolve = (body: Pick<Body, "groups" | "keep" | "verb">) =>
  dataOf(api.POST("/api/v1/resolutions", { body: { ...body, references: [], dry_run: false, limit: 1000, as_job: false } }));

/** Carries a decision out. Who keeps several lets the others go and is not asked again about those. */
async function decided(group: Group, verb: Verb, stays: Stays): Promise<Outcome> {
  const keep = verb === "trash" || verb === "hardlink" ? { [group.id]: [...stays] } : {};
  const answer = await resolve({ groups: [group.id], keep, verb });
  if (answer.report === null || answer.report.done === 0) throw new Error(reasonOf(answer));
  const acts = [answer.report.act];
  if (verb === "trash" && stays.length > 1) {
    const kept = await resolve({ groups: [group.id], keep: {}, verb: "keep" });
    if (kept.report !== null && kept.report.act !== "") acts.push(kept.report.act);
  }
  return { verb, state: "done", acts, says: saysOf(verb, answer.report.done, answer.report.bytes) };
}

const saysOf = (verb: Verb, files: number, size: number) =>
  verb === "trash" || verb === "hardlink" ? words.said[verb](files, bytes(size)) : words.said[verb]();

/** Why nothing was done. */
function reasonOf(answer: Resolution): string {
  const failed = answer.report?.failed[0];
  const left = answer.plan?.left[0];
  if (failed !== undefined) return words.leftAlone(failed.path, failed.reason);
  return left === undefined ? text.wrong : words.leftAlone(left.path, left.reason);
}
