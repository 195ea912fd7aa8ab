import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Button } from "../../components/button";
import { planOfGroups } from "../../components/plan/plan-asked";
import { PlanDialog } from "../../components/plan/plan-dialog";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { isOpen, useLiveJob } from "../../lib/use-jobs";
import { useCancel, useReview, type ReviewState } from "./asked";
import { KeysDialog } from "./keys-dialog";
import { ReviewBody } from "./review-body";
import { ReviewHead } from "./review-head";
import { useDecisions } from "./use-decisions";
import { listingOf, type View } from "./view";
import "./duplicates.css";

const words = text.duplicates;

/** One search for duplicates: how far it is, then its groups by the strength of their evidence. */
export function ReviewPage() {
  const { review: name } = useParams({ from: "/duplicates/$review" });
  const review = useReview(name);
  if (review.error)
    return (
      <div className="stack">
        <h1>{words.title}</h1>
        <Wrong error={review.error} again={() => void review.refetch()} />
        <Link to="/duplicates">{words.toStart}</Link>
      </div>
    );
  if (review.data === undefined) return <Opening />;
  return (
    <div className="review-page">
      <Making review={review.data} onEnd={() => void review.refetch()} />
      {review.data.made_at === null ? null : (review.data.counts?.["groups"] ?? 0) === 0 ? (
        <div className="card stack nothing">
          <h1>{words.none}</h1>
          <p className="quiet">{words.noneHint}</p>
          <Link to="/duplicates">{words.title}</Link>
        </div>
      ) : (
        <Made key={review.data.made_at} review={review.data} />
      )}
    </div>
  );
}

/** Stands where the review will, in its shape. */
function Opening() {
  return (
    <div className="review-page">
      <header className="review-head">
        <h1 className="quiet">{text.loading}</h1>
        <div className="tiers" />
      </header>
      <div className="review-body list" role="status" aria-label={text.loading}>
        <div className="group-field" aria-hidden="true" />
        <div className="group-place">
          <div className="blank card tall" />
        </div>
      </div>
    </div>
  );
}

/** The search that makes the review, while there is one. */
function Making({ review, onEnd }: { readonly review: ReviewState; readonly onEnd: () => void }) {
  const cancel = useCancel();
  const job = review.job;
  const began = job !== null && ["queued", "running", "paused"].includes(job.state);
  const live = useLiveJob(began ? review.id : null);
  const hasEnded = began && live !== undefined && !isOpen(live);
  useEffect(() => {
    if (hasEnded) onEnd();
  }, [hasEnded, onEnd]);
  if (job?.state === "cancelled" && review.made_at === null) return <p className="card">{words.cancelled}</p>;
  if (job?.error) return <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} />;
  if (!began) return null;
  return (
    <div className="card stack making">
      {review.made_at === null ? <h1>{words.running}</h1> : null}
      <Progress job={live ?? job} />
      <div>
        <Button isDisabled={cancel.isPending} onPress={() => cancel.mutate(review.id)}>
          {words.cancel}
        </Button>
      </div>
    </div>
  );
}

function Made({ review }: { readonly review: ReviewState }) {
  const navigate = useNavigate();
  const view: View = useSearch({ from: "/duplicates/$review" });
  const [open, setOpen] = useState<"keys" | "plan" | null>(null);
  const go = (next: View) =>
    void navigate({ to: "/duplicates/$review", params: { review: review.id }, search: next, replace: true, resetScroll: false });
  const decisions = useDecisions(review.id);
  const references = (review.scope?.["references"] as string[] | undefined) ?? [];
  return (
    <>
      <ReviewHead review={review.id} view={view} onView={go} onKeys={() => setOpen("keys")}>
        <Link to="/duplicates/$review/rules" params={{ review: review.id }} className="button">
          {text.rules.title}
        </Link>
        <Button onPress={() => setOpen("plan")}>{words.preview}</Button>
      </ReviewHead>
      <ReviewBody
        key={JSON.stringify(listingOf(view))}
        review={review.id}
        view={view}
        references={references}
        decisions={decisions}
        isCovered={open !== null}
        onView={go}
        onKeys={() => setOpen("keys")}
      />
      {open === "keys" ? <KeysDialog onClose={() => setOpen(null)} /> : null}
      {open === "plan" ? (
        <PlanDialog
          id={`${review.id} ${view.tier ?? ""}`}
          ask={() => planOfGroups({ review: review.id, tier: view.tier })}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}
