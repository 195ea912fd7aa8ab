import { useState } from "react";

import { Button } from "../../components/button";
import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { bytes, counted, folderOf, nameOf } from "../../lib/format";
import type { Group, GroupAsset, Tier } from "./asked";
import { differences } from "./differences";
import { ResolveDialog } from "./resolve-dialog";

const words = text.duplicates;

interface Props {
  readonly group: Group;
  readonly onCompare: () => void;
}

/** One group: the file that is kept and why, the others and how they differ, and what can be done. */
export function GroupCard({ group, onCompare }: Props) {
  const [keep, setKeep] = useState(group.keep);
  const [verb, setVerb] = useState<"trash" | "distinct" | null>(null);
  const kept = group.assets.find((asset) => asset.path === keep) ?? group.assets[0];
  return (
    <article className="card stack group" aria-label={nameOf(group.keep)}>
      <div className="row apart">
        <p>
          <span className="badge">{text.tiers[group.tier as Tier][0]}</span>{" "}
          {counted(group.assets.length, "file", "files")}, {bytes(group.reclaimable_bytes)} {words.win}
        </p>
        <div className="row">
          <Button onPress={onCompare}>{words.compare}</Button>
          <Button onPress={() => setVerb("distinct")}>{words.notDuplicates}</Button>
          <Button onPress={() => setVerb("trash")}>{words.decide}</Button>
        </div>
      </div>
      <ul className="members">
        {group.assets.map((asset) => (
          <Member
            key={asset.path}
            asset={asset}
            isKept={asset.path === keep}
            why={asset.path === group.keep && keep === group.keep ? group.why : ""}
            differs={kept === undefined || asset.path === keep ? [] : differences(kept, asset)}
            onKeep={() => setKeep(asset.path)}
          />
        ))}
      </ul>
      {verb === null ? null : (
        <ResolveDialog asked={{ groups: [group.id], keep: { [group.id]: keep }, verb }} onClose={() => setVerb(null)} />
      )}
    </article>
  );
}

interface MemberProps {
  readonly asset: GroupAsset;
  readonly isKept: boolean;
  readonly why: string;
  readonly differs: readonly string[];
  readonly onKeep: () => void;
}

function Member({ asset, isKept, why, differs, onKeep }: MemberProps) {
  return (
    <li className={isKept ? "member kept" : "member"}>
      <Thumbnail sha256={asset.sha256} alt={nameOf(asset.path)} />
      <div className="small">
        <strong className="wrap">{nameOf(asset.path)}</strong>
        <div className="quiet wrap">{folderOf(asset.path)}</div>
        <div className="quiet">
          {asset.width} × {asset.height} · {asset.format} · {bytes(asset.bytes)}
        </div>
        {isKept ? (
          <div>
            <span className="badge good">{words.kept}</span> {why}
          </div>
        ) : (
          <>
            {differs.length === 0 ? null : <div>{differs.join(", ")}</div>}
            <Button kind="plain" onPress={onKeep}>
              {words.keepThis}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
