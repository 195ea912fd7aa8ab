import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../components/button";
import { Checks } from "../../components/checks";
import { Choice } from "../../components/choice";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, counted, moment } from "../../lib/format";
import { tiers, useFolders, useReviews, useStart, type Tier } from "./asked";
import "./duplicates.css";

const words = text.duplicates;
const safe: readonly Tier[] = ["bytes", "pixels", "hash", "copy"];

/** Where, which kinds, what counts: three questions, and the searches that were made before. */
export function StartPage() {
  const navigate = useNavigate();
  const folders = useFolders();
  const [left, setLeft] = useState<readonly string[]>([]);
  const [kinds, setKinds] = useState<readonly string[]>(safe);
  const [preset, setPreset] = useState<keyof typeof text.presets>("careful");
  const start = useStart((review) => void navigate({ to: "/duplicates/$review", params: { review: review.id } }));
  const listed = folders.data?.folders ?? [];
  const chosen = listed.filter((folder) => !left.includes(folder.path)).map((folder) => folder.path);
  return (
    <div className="stack start">
      <div>
        <h1>{words.title}</h1>
        <p className="quiet">{words.lead}</p>
      </div>
      {folders.error ? <Wrong error={folders.error} again={() => void folders.refetch()} /> : null}
      <div className="questions">
        <section className="card">
          <Checks
            label={words.where}
            chosen={chosen}
            onChange={(now) => setLeft(listed.map((folder) => folder.path).filter((path) => !now.includes(path)))}
            options={listed.map((folder) => ({
              value: folder.path,
              label: folder.path,
              hint: `${counted(folder.pictures, "picture", "pictures")}, ${bytes(folder.bytes)}`,
            }))}
          />
        </section>
        <section className="card">
          <Checks
            label={words.kinds}
            chosen={kinds}
            onChange={setKinds}
            options={tiers.map((tier) => ({ value: tier, label: text.tiers[tier][0], hint: text.tiers[tier][1] }))}
          />
        </section>
        <section className="card stack">
          <Choice
            label={words.strictness}
            value={preset}
            onChange={setPreset}
            options={Object.entries(text.presets).map(([value, label]) => ({
              value: value as keyof typeof text.presets,
              label,
            }))}
          />
          <Button
            kind="main"
            isDisabled={chosen.length === 0 || kinds.length === 0 || start.isPending}
            onPress={() =>
              start.mutate({ folders: chosen, tiers: [...kinds], preset, rules: [], references: [] })
            }
          >
            {words.start}
          </Button>
          {start.error ? <Wrong error={start.error} /> : null}
        </section>
      </div>
      <Past />
    </div>
  );
}

function Past() {
  const reviews = useReviews();
  const made = (reviews.data?.reviews ?? []).filter((review) => review.made_at !== null);
  if (made.length === 0) return null;
  return (
    <section className="stack">
      <h2>{words.past}</h2>
      <ul className="past">
        {made.map((review) => (
          <li key={review.id}>
            <Link to="/duplicates/$review" params={{ review: review.id }} className="card row apart">
              <span>{review.made_at === null ? "" : moment(review.made_at)}</span>
              <span className="quiet">
                {counted(review.counts?.["groups"] ?? 0, "group", "groups")},{" "}
                {bytes(review.counts?.["bytes"] ?? 0)} {words.win}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
