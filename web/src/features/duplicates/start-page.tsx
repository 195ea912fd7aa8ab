import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../components/button";
import { Checks } from "../../components/checks";
import { Choice } from "../../components/choice";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, counted } from "../../lib/format";
import { tiers, useFolders, useStart, type Tier } from "./asked";
import { PastReviews } from "./past-reviews";
import { ProtectedFolders } from "./protected-folders";
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
  const [references, setReferences] = useState<readonly string[]>([]);
  const start = useStart((review) => void navigate({ to: "/duplicates/$review", params: { review: review.id } }));
  const listed = folders.data?.folders ?? [];
  const chosen = listed.filter((folder) => !left.includes(folder.path));
  const sum = (of: "pictures" | "bytes") => chosen.reduce((total, folder) => total + folder[of], 0);
  return (
    <div className="stack start">
      <div>
        <h1>{words.title}</h1>
        <p className="quiet">{words.lead}</p>
      </div>
      {folders.error ? <Wrong error={folders.error} again={() => void folders.refetch()} /> : null}
      <div className="questions">
        <section className="card stack">
          {folders.isPending ? <div className="blank" role="status" aria-label={text.loading} /> : null}
          {folders.data?.folders.length === 0 ? (
            <p>
              {words.noFolders} <Link to="/folders">{words.toFolders}</Link>
            </p>
          ) : null}
          <Checks
            label={words.where}
            chosen={chosen.map((folder) => folder.path)}
            onChange={(now) => setLeft(listed.map((folder) => folder.path).filter((path) => !now.includes(path)))}
            options={listed.map((folder) => ({
              value: folder.path,
              label: folder.path,
              hint: `${counted(folder.pictures, "picture", "pictures")}, ${bytes(folder.bytes)}`,
            }))}
          />
          <ProtectedFolders folders={chosen.map((folder) => folder.path)} chosen={references} onChange={setReferences} />
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
            options={Object.entries(text.presets).map(([value, label]) => ({ value: value as keyof typeof text.presets, label }))}
          />
          <p className="small quiet">{text.presetHints[preset]}</p>
          <p aria-live="polite">
            {folders.data === undefined ? "" : words.chosen(sum("pictures"), bytes(sum("bytes")), chosen.length)}
          </p>
          <div>
            <Button
              kind="main"
              isDisabled={chosen.length === 0 || kinds.length === 0 || start.isPending}
              onPress={() =>
                start.mutate({
                  folders: chosen.map((folder) => folder.path),
                  tiers: [...kinds],
                  preset,
                  rules: [],
                  references: [...references],
                })
              }
            >
              {words.start}
            </Button>
          </div>
          {start.error ? <Wrong error={start.error} /> : null}
        </section>
      </div>
      <PastReviews />
    </div>
  );
}
