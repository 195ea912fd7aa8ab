import { lazy, Suspense, useState } from "react";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import type { Tier } from "./asked";
import { decidedOf, isOpen } from "./decided";
import { GroupDetail } from "./group-detail";
import { GroupField } from "./group-field";
import { Jump } from "./jump";
import { areEqual } from "./marks";
import { nextOpen, placeBefore } from "./next-open";
import { NothingListed } from "./nothing-listed";
import type { Decisions, Verb } from "./use-decisions";
import { useGroups, type Span } from "./use-groups";
import { useMarks } from "./use-marks";
import { usePlace } from "./use-place";
import { useReviewKeys } from "./use-review-keys";
import { listingOf, type View } from "./view";

const CompareDialog = lazy(async () => ({ default: (await import("./compare/compare-dialog")).CompareDialog }));

const words = text.review;

interface Props {
  readonly review: string;
  readonly view: View;
  readonly references: readonly string[];
  readonly decisions: Decisions;
  readonly isCovered: boolean;
  readonly onView: (view: View) => void;
  readonly onKeys: () => void;
}

/** The groups of a listing beside the one that is looked at, by mouse and by keys. */
export function ReviewBody({ review, view, references, decisions, isCovered, onView, onKeys }: Props) {
  const listing = listingOf(view);
  const mode = view.mode ?? "list";
  const [span, setSpan] = useState<Span>([0, 50]);
  const [columns, setColumns] = useState(1);
  const [at, setAt] = useState(0);
  const groups = useGroups(review, listing, [span, [at - 1, at + 3]]);
  const total = groups.total ?? 0;
  const go = (index: number) => setAt(Math.max(0, Math.min(index, total - 1)));
  usePlace(review, listing, groups, at, go, {
    named: view.group,
    onName: (group) => onView({ ...view, group }),
    // A group that somebody points to is shown, decided or not.
    onMissing: () => {
      if (view.standing === undefined) onView({ ...view, standing: "all" });
    },
  });
  const { outcomes, told, decide, undo, undoLast } = decisions;
  const [compared, setCompared] = useState<number | null>(null);

  const group = groups.at(at);
  const outcome = group === undefined ? undefined : outcomes.get(group.id);
  const marks = useMarks(group, outcome, references);
  const { stays, current, keep, toggle } = marks;
  const isDecided = (index: number) => {
    const each = groups.at(index);
    return each !== undefined && !isOpen(each, outcomes.get(each.id));
  };
  const settle = (verb: Verb) => {
    if (group === undefined || !isOpen(group, outcome)) return;
    decide(group, verb, stays);
    setCompared(null);
    focusList();
    go(nextOpen(at, total, isDecided));
  };
  // Equal bytes are no other picture and no stack: what is meant is that all of them stay.
  const act = (verb: Verb) => settle(verb !== "trash" && group !== undefined && areEqual(group) && verb !== "hardlink" ? "keep" : verb);
  const back = () => {
    const last = undoLast();
    const place = last === null ? null : placeBefore(at, (index) => groups.at(index)?.id === last);
    if (place !== null) go(place);
  };
  useReviewKeys(
    {
      step: (by) => go(at + by * (mode === "overview" ? columns : 1)),
      ends: (last) => go(last ? total - 1 : 0),
      file: (by) => (mode === "overview" ? go(at + by) : marks.step(by)),
      keep: (number) => keep(number - 1),
      mark: () => toggle(current),
      decide: () => settle(stays.length === (group?.assets.length ?? 0) ? "keep" : "trash"),
      distinct: () => act("distinct"),
      stack: () => act("stack"),
      link: () => act("hardlink"),
      compare: () => setCompared(Math.max(1, current)),
      undo: back,
      overview: () => onView({ ...view, mode: mode === "list" ? "overview" : "list" }),
      help: onKeys,
    },
    compared === null && !isCovered,
  );

  if (groups.error) return <Wrong error={groups.error} again={groups.again} />;
  if (groups.total === undefined) return <div className="blank card tall" role="status" aria-label={text.loading} />;
  if (total === 0) return <NothingListed view={view} onView={onView} />;
  return (
    <div className={`review-body ${mode}`}>
      <GroupField
        key={mode}
        mode={mode}
        groups={groups}
        total={total}
        selected={at}
        outcomes={outcomes}
        onSelect={go}
        onOpen={(index) => {
          go(index);
          onView({ ...view, mode: "list" });
        }}
        onSpan={setSpan}
        onColumns={setColumns}
      />
      <section className="group-place" aria-label={words.position(at + 1, total)}>
        <div className="row apart bar-of-group">
          <Jump at={at} total={total} onGo={go} />
          <p className="small told" role="status">
            {told}
          </p>
        </div>
        {group === undefined ? (
          <div className="blank card tall" role="status" aria-label={text.loading} />
        ) : mode === "overview" ? null : (
          <GroupDetail
            key={group.id}
            group={group}
            outcome={outcome}
            stays={stays}
            current={current}
            references={references}
            onKeep={keep}
            onMark={toggle}
            onCompare={setCompared}
            onDecide={act}
            onUndo={() => undo(group.id, decidedOf(group, outcome).acts)}
          />
        )}
        <p className="unseen" aria-live="polite">
          {group === undefined ? "" : words.announced(at + 1, total, group.assets.length, bytes(group.reclaimable_bytes), text.tiers[group.tier as Tier][0])}
        </p>
      </section>
      {compared === null || group === undefined || group.assets.length === 0 ? null : (
        <Suspense fallback={null}>
          <CompareDialog
            key={group.id}
            group={group}
            stays={stays}
            first={compared}
            onKeep={isOpen(group, outcome) ? keep : null}
            onClose={() => {
              setCompared(null);
              focusList();
            }}
            onStep={(by) => {
              setCompared(1);
              go(at + by);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The keys go on from the list, once a window over the page is gone; where the list has no room, from the page. */
const focusList = () => window.setTimeout(() => document.getElementById("groups")?.focus({ preventScroll: true }));
