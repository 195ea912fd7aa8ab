import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { text } from "../../config/text";
import { bytes, moment } from "../../lib/format";
import { isOpen, useLiveJob } from "../../lib/use-jobs";
import { useCancel, useLeft, useReviews, type ReviewState, type Tier } from "./asked";

const words = text.duplicates;

/** Earlier searches that are shown at first. */
const AT_FIRST = 8;

/** Searches that run now, and earlier ones with what is left in them. */
export function PastReviews() {
  const reviews = useReviews();
  const [most, setMost] = useState(AT_FIRST);
  const known = reviews.data?.reviews ?? [];
  const running = known.filter((review) => review.job !== null && ["queued", "running", "paused"].includes(review.job.state));
  const made = known.filter((review) => review.made_at !== null);
  return (
    <>
      {running.length === 0 ? null : (
        <section className="stack">
          <h2>{words.running}</h2>
          <ul className="past">
            {running.map((review) => (
              <Running key={review.id} review={review} onEnd={() => void reviews.refetch()} />
            ))}
          </ul>
        </section>
      )}
      {made.length === 0 ? null : (
        <section className="stack">
          <h2>{words.past}</h2>
          <ul className="past">
            {made.slice(0, most).map((review) => (
              <Past key={review.id} review={review} />
            ))}
          </ul>
          {made.length <= most ? null : (
            <div>
              <Button onPress={() => setMost(most + 4 * AT_FIRST)}>{words.more}</Button>
            </div>
          )}
        </section>
      )}
    </>
  );
}

interface RunningProps {
  readonly review: ReviewState;
  readonly onEnd: () => void;
}

function Running({ review, onEnd }: RunningProps) {
  const cancel = useCancel();
  const live = useLiveJob(review.id);
  const hasEnded = live !== undefined && !isOpen(live);
  useEffect(() => {
    if (hasEnded) onEnd();
  }, [hasEnded, onEnd]);
  if (review.job === null) return null;
  return (
    <li className="card">
      <Link to="/duplicates/$review" params={{ review: review.id }}>
        {words.inFolders(review.job.folders)}
      </Link>
      <Progress job={live ?? review.job} />
      <div>
        <Button isDisabled={cancel.isPending} onPress={() => cancel.mutate(review.id)}>
          {words.cancel}
        </Button>
      </div>
    </li>
  );
}

function Past({ review }: { readonly review: ReviewState }) {
  const left = useLeft(review.id, true).data?.tiers;
  const sum = (of: "open" | "groups" | "open_bytes") => (left ?? []).reduce((total, tier) => total + tier[of], 0);
  const kinds = (review.scope?.["tiers"] as Tier[] | undefined) ?? [];
  const presets = Object.values((review.scope?.["presets"] as Record<string, keyof typeof text.presets> | undefined) ?? {});
  return (
    <li>
      <Link to="/duplicates/$review" params={{ review: review.id }} className="card">
        <span className="row apart">
          <strong>{review.made_at === null ? "" : moment(review.made_at)}</strong>
          <span>
            {left === undefined ? <span className="blank">{text.loading}</span> : words.left(sum("open"), sum("groups"))}
            {sum("open") === 0 ? "" : `, ${bytes(sum("open_bytes"))} ${words.win}`}
          </span>
        </span>
        <span className="quiet small wrap">{words.inFolders((review.scope?.["folders"] as string[] | undefined) ?? [])}</span>
        <span className="quiet small">
          {words.kindsOf(
            kinds.map((tier) => text.tiers[tier][0]),
            [...new Set(presets)].map((preset) => text.presets[preset]).join(", "),
          )}
        </span>
      </Link>
    </li>
  );
}
