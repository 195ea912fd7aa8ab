import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Problem } from "../../api/problem";
import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { count } from "../../lib/format";
import { isOpen, useJobEnded, useLiveJobs, type Job } from "../../lib/use-jobs";
import { useMake, type About } from "./asked";

const words = text.map;

/** The job that makes the map, or why the last one failed; what it made is asked for when it ends. */
function useMaking() {
  const client = useQueryClient();
  useJobEnded((job) => {
    if (job.kind === "map") void client.invalidateQueries({ queryKey: ["map"] });
  });
  const jobs = [...useLiveJobs().jobs.values()].filter((job) => job.kind === "map");
  const newest = jobs.reduce<Job | undefined>((a, b) => (a && a.created_at > b.created_at ? a : b), undefined);
  const failed = newest?.state === "failed" && newest.error ? newest.error : null;
  return { making: newest && isOpen(newest) ? newest : undefined, failed };
}

const Failed = ({ failed }: { readonly failed: Job["error"] }) =>
  failed === null ? null : <Wrong error={new Error(`${failed.detail} ${failed.remedy}`)} />;

/** Status of an answer that says that there is none. */
const NOT_FOUND = 404;

interface NoMapProps {
  readonly error: Error;
  readonly again: () => void;
}

/** Said where there is no map: what one is, and how it is made. */
export function NoMap({ error, again }: NoMapProps) {
  const isMissing = error instanceof Problem && error.status === NOT_FOUND;
  const { making, failed } = useMaking();
  const make = useMake();
  return (
    <div className="card stack no-map">
      <h1>{words.title}</h1>
      {isMissing ? <p>{error.detail}</p> : <Wrong error={error} again={again} />}
      <p className="quiet">{words.noneHint}</p>
      {make.error === null ? <Failed failed={failed} /> : <Wrong error={make.error} />}
      <div aria-live="polite">
        {making === undefined ? (
          <Button kind="main" isDisabled={make.isPending} onPress={() => make.mutate(false)}>
            {words.make}
          </Button>
        ) : (
          <Progress job={making} />
        )}
      </div>
    </div>
  );
}

/** What is known of the map, how much of it to believe, and bringing it up to date. */
export function AboutMap({ about }: { readonly about: About }) {
  const { making, failed } = useMaking();
  const make = useMake();
  return (
    <details className="about-map small">
      <summary>{words.about}</summary>
      <div className="stack">
        <p>{words.model(about.model)}</p>
        <p>{words.believe(Math.round(10 * about.quality.kept))}</p>
        <p id="map-keys">{words.keys}</p>
        {about.lacking > 0 ? <p>{words.lacking(count(about.lacking), about.lacking === 1)}</p> : null}
        {make.error === null ? <Failed failed={failed} /> : <Wrong error={make.error} />}
        {making === undefined ? (
          <div className="row">
            {about.lacking > 0 ? <Button onPress={() => make.mutate(false)}>{words.renew}</Button> : null}
            <Button onPress={() => make.mutate(true)}>{words.again}</Button>
          </div>
        ) : (
          <Progress job={making} />
        )}
        <p>
          <Link to="/game">{words.game}</Link>
        </p>
      </div>
    </details>
  );
}
