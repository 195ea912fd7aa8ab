import { lazy, Suspense, useState } from "react";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import type { Tier } from "./asked";
import { decidedOf, isOpen } from "./decided";
import { GroupDetail } from "./group-detail";
import { GroupField } from "./group-field";
import { Jump } from "./jump";
import { areEqual, only, proposed, toggled, type Stays } from "./marks";
import type { Decisions, Verb } from "./use-decisions";
import { useGroups, type Span } from "./use-groups";
import { usePlace } from "./use-place";
import { useReviewKeys } from "./use-review-keys";
import { listingOf, type View } from "./view";

const CompareDialog = lazy(async () => ({ default: (await import("./compare/compare-dialog")).CompareDialog }));

const words = text.review;

/** Groups that are looked at for the next open one before the next is taken as it is. */
const LOOKED_AT = 200;

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
  const [marked, setMarked] = useState<{ group: string; stays: Stays; current: number } | null>(null);
  const [compared, setCompared] = useState<number | null>(null);

  const group = groups.at(at);
  const outcome = group === undefined ? undefined : outcomes.get(group.id);
  const own = group !== undefined && marked?.group === group.id ? marked : null;
  const stays = own?.stays ?? (group === undefined ? [] : proposed(group, references));
  const current = own?.current ?? 0;
  const mark = (next: Stays, file: number) => {
    if (group !== undefined && isOpen(group, outcome)) setMarked({ group: group.id, stays: next, current: file });
  };
  const keep = (index: number) => {
    const path = group?.assets[index]?.path;
    if (group !== undefined && path !== undefined) mark(only(path, group, references), index);
  };
  const toggle = (index: number) => {
    const path = group?.assets[index]?.path;
    if (path !== undefined) mark(toggled(stays, path), index);
  };
  const nextOpen = () => {
    for (let index = at + 1; index < Math.min(total, at + LOOKED_AT); index += 1) {
      const each = groups.at(index);
      if (each === undefined || isOpen(each, outcomes.get(each.id))) return index;
    }
    return at + 1;
  };
  const settle = (verb: Verb) => {
    if (group === undefined || !isOpen(group, outcome)) return;
    decide(group, verb, stays);
    setCompared(null);
    focusList();
    go(nextOpen());
  };
  // Equal bytes are no other picture and no stack: what is meant is that all of them stay.
  const act = (verb: Verb) => settle(verb !== "trash" && group !== undefined && areEqual(group) && verb !== "hardlink" ? "keep" : verb);
  const back = () => {
    const last = undoLast();
    if (last === null) return;
    for (let index = at; index >= Math.max(0, at - LOOKED_AT); index -= 1) {
      if (groups.at(index)?.id === last) {
        go(index);
        return;
      }
    }
  };
  useReviewKeys(
    {
      step: (by) => go(at + by * (mode === "overview" ? columns : 1)),
      ends: (last) => go(last ? total - 1 : 0),
      file: (by) => {
        if (mode === "overview") go(at + by);
        else if (group !== undefined) mark(stays, Math.max(0, Math.min(group.assets.length - 1, current + by)));
      },
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
  if (total === 0) return <Nothing view={view} onView={onView} />;
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

function Nothing({ view, onView }: Pick<Props, "view" | "onView">) {
  const { folder, keeper, format } = view;
  const isFiltered = [folder, keeper, format].some((each) => each !== undefined);
  return (
    <div className="card stack nothing">
      <h2>{isFiltered ? text.duplicates.nothingListed : text.duplicates.allDecided}</h2>
      <div className="row">
        <Button onPress={() => onView(isFiltered ? {} : { standing: "all" })}>
          {isFiltered ? text.duplicates.reset : words.standings.all}
        </Button>
      </div>
    </div>
  );
}
