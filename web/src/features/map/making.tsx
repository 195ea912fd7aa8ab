import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { Progress } from "../../components/progress";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { count } from "../../lib/format";
import { isOpen, useJobEnded, useLiveJobs } from "../../lib/use-jobs";
import { useMake, type About } from "./asked";

const words = text.map;

/** The job that makes the map, while there is one; what it made is asked for when it ends. */
export function useMaking() {
  const client = useQueryClient();
  useJobEnded((job) => {
    if (job.kind === "map") void client.invalidateQueries({ queryKey: ["map"] });
  });
  return [...useLiveJobs().jobs.values()].find((job) => job.kind === "map" && isOpen(job));
}

/** Said where there is no map: what one is, and how it is made. */
export function NoMap({ error }: { readonly error: Error }) {
  const making = useMaking();
  const make = useMake();
  return (
    <div className="card stack no-map">
      <h1>{words.title}</h1>
      <p>{error.message}</p>
      <p className="quiet">{words.noneHint}</p>
      {make.error === null ? null : <Wrong error={make.error} />}
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
  const making = useMaking();
  const make = useMake();
  return (
    <details className="about-map small">
      <summary>{words.about}</summary>
      <div className="stack">
        <p>{words.model(about.model)}</p>
        <p>{words.believe(Math.round(10 * about.quality.kept))}</p>
        <p id="map-keys">{words.keys}</p>
        {about.lacking > 0 ? <p>{words.lacking(count(about.lacking), about.lacking === 1)}</p> : null}
        {make.error === null ? null : <Wrong error={make.error} />}
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
