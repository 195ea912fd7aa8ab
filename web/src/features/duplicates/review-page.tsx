import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Tab, TabList, Tabs } from "react-aria-components/Tabs";

import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, count } from "../../lib/format";
import { useFollowed } from "../../lib/use-followed";
import { tiers, useReview, useTiers, type ReviewState, type Tier } from "./asked";
import { GroupList } from "./group-list";
import { ResolveDialog } from "./resolve-dialog";
import "./duplicates.css";

const words = text.duplicates;

/** One search for duplicates: how far it is, then its groups by the strength of their evidence. */
export function ReviewPage() {
  const { review: name } = useParams({ from: "/duplicates/$review" });
  const review = useReview(name);
  const job = review.data?.job ?? null;
  const running = job !== null && (job.state === "queued" || job.state === "running");
  const followed = useFollowed(running ? `/api/v1/reviews/${name}/events` : null);
  const { refetch } = review;
  useEffect(() => {
    if (followed.ended) void refetch();
  }, [followed.ended, refetch]);
  if (review.error) return <Wrong error={review.error} again={() => void review.refetch()} />;
  if (review.data === undefined) return <div className="blank card" aria-label={text.loading} />;
  const shown = followed.state ?? job;
  return (
    <div className="stack">
      {running && shown !== null ? (
        <div className="card">
          <Progress job={shown} />
        </div>
      ) : null}
      {job?.error ? <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} /> : null}
      {review.data.made_at === null ? null : <Made review={review.data} />}
    </div>
  );
}

function Made({ review }: { readonly review: ReviewState }) {
  const navigate = useNavigate();
  const { tier, group } = useSearch({ from: "/duplicates/$review" });
  const counts = useTiers(review.id, true);
  const [deciding, setDeciding] = useState(false);
  const listed = counts.data?.tiers ?? [];
  const chosen = tiers.find((each) => each === tier);
  const go = (search: { tier?: string; group?: string }) =>
    void navigate({ to: "/duplicates/$review", params: { review: review.id }, search, replace: true });
  if (listed.length === 0 && counts.isSuccess)
    return (
      <div className="card stack">
        <h1>{words.none}</h1>
        <p className="quiet">{words.noneHint}</p>
      </div>
    );
  return (
    <div className="stack">
      <div className="row apart">
        <div>
          <h1>
            {count(review.counts?.["groups"] ?? 0)} {words.groups}
          </h1>
          <p className="quiet">
            {bytes(review.counts?.["bytes"] ?? 0)} {words.win}
          </p>
        </div>
        <Button kind="main" onPress={() => setDeciding(true)}>
          {words.preview}
        </Button>
      </div>
      <Tabs
        className="tabs-of-tiers"
        selectedKey={chosen ?? "all"}
        onSelectionChange={(key) => go(key === "all" ? {} : { tier: String(key) })}
      >
        <TabList className="tabs" aria-label={words.kinds}>
          <Tab id="all">{words.all}</Tab>
          {listed.map((each) => (
            <Tab key={each.tier} id={each.tier}>
              {text.tiers[each.tier as Tier][0]} <span className="badge">{count(each.groups)}</span>{" "}
              <span className="small quiet">{bytes(each.reclaimable_bytes)}</span>
            </Tab>
          ))}
        </TabList>
      </Tabs>
      <GroupList
        review={review.id}
        tier={chosen}
        compared={group}
        onCompare={(id) => go({ ...(chosen === undefined ? {} : { tier: chosen }), ...(id === null ? {} : { group: id }) })}
      />
      {deciding ? <ResolveDialog asked={{ review: review.id }} onClose={() => setDeciding(false)} /> : null}
    </div>
  );
}
