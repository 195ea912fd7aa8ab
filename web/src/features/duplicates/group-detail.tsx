import { useState } from "react";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { bytes } from "../../lib/format";
import type { Group, Tier } from "./asked";
import { decidedOf } from "./decided";
import { areEqual, bytesGoing, keptOf, liesIn, linkable, type Stays } from "./marks";
import { MemberCard } from "./member-card";
import type { Outcome, Verb } from "./use-decisions";

const words = text.review;

/** Files of a group that are shown at once: some groups have thousands. */
const AT_ONCE = 48;

interface Props {
  readonly group: Group;
  readonly outcome: Outcome | undefined;
  readonly stays: Stays;
  readonly current: number;
  readonly references: readonly string[];
  readonly onKeep: (index: number) => void;
  readonly onMark: (index: number) => void;
  readonly onCompare: (index: number) => void;
  readonly onDecide: (verb: Verb) => void;
  readonly onUndo: () => void;
}

/** One group in full: each file, which stays and why, and what can be decided. */
export function GroupDetail(props: Props) {
  const { group, outcome, stays, current, references, onKeep, onMark, onCompare, onUndo } = props;
  const [most, setMost] = useState(AT_ONCE);
  const kept = keptOf(group, stays);
  const { is, says } = decidedOf(group, outcome);
  const isFixed = is === "decided" || is === "sending" || group.assets.length < 2;
  if (kept === undefined) return <p className="quiet">{words.gone}</p>;
  return (
    <article className="stack group" aria-label={words.row(group.assets.length, bytes(group.reclaimable_bytes))}>
      <p className="small">
        <span className="badge">{text.tiers[group.tier as Tier][0]}</span> {words.row(group.assets.length, bytes(group.reclaimable_bytes))}{" "}
        {text.duplicates.win}
        {stays[0] === group.keep && group.why !== "" ? <span className="why"> · {group.why}</span> : null}
      </p>
      {is === null && group.assets.length > 1 ? null : (
        <p className={is === "failed" ? "card problem" : "card"}>{is === null ? words.alone : says}</p>
      )}
      <ul className="members">
        {group.assets.slice(0, most).map((asset, index) => (
          <MemberCard
            key={asset.path}
            number={index + 1}
            asset={asset}
            kept={kept}
            stays={stays.includes(asset.path)}
            isProtected={references.some((folder) => liesIn(asset.path, folder))}
            isCurrent={index === current}
            isFixed={isFixed}
            onKeep={() => onKeep(index)}
            onMark={() => onMark(index)}
            onCompare={() => onCompare(index)}
          />
        ))}
      </ul>
      {group.assets.length <= most ? null : (
        <div>
          <Button onPress={() => setMost(most + AT_ONCE)}>
            {words.moreFiles(Math.min(AT_ONCE, group.assets.length - most))}
          </Button>
        </div>
      )}
      {is === "decided" ? (
        <div className="acts row">
          <Button onPress={onUndo}>{text.duplicates.undo}</Button>
        </div>
      ) : isFixed ? null : (
        <Acts {...props} />
      )}
    </article>
  );
}

function Acts({ group, stays, current, onDecide, onCompare }: Props) {
  const going = group.assets.length - stays.length;
  return (
    <div className="acts row">
      <Button kind="main" onPress={() => onDecide(going === 0 ? "keep" : "trash")}>
        {words.act(stays.length, going)}
        {going === 0 ? null : <span className="small">{bytes(bytesGoing(group, stays))}</span>}
      </Button>
      <Button onPress={() => onCompare(Math.max(1, current))}>{words.compare}</Button>
      {areEqual(group) ? (
        <Button onPress={() => onDecide("keep")}>{words.act(group.assets.length, 0)}</Button>
      ) : (
        <>
          <Button onPress={() => onDecide("distinct")}>{words.notDuplicates}</Button>
          <Button onPress={() => onDecide("stack")}>{words.stack}</Button>
        </>
      )}
      {linkable(group, stays) ? <Button onPress={() => onDecide("hardlink")}>{words.actLink}</Button> : null}
    </div>
  );
}
