import { useState } from "react";

import { Button } from "../../components/button";
import { Thumbnail } from "../../components/thumbnail";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { count, folderOf, nameOf } from "../../lib/format";
import { isOpen, useReasons, useRefused, useRetryRefused, type Job, type Step } from "./asked";
import { refusedBy } from "./told";

const words = text.work;

/** What a job refused, by reason, each with its files; all or those of one reason are tried again. */
export function RefusedFiles({ job }: { readonly job: Job }) {
  const [isShown, setShown] = useState(false);
  const reasons = useReasons(job.id, isShown);
  const retry = useRetryRefused(job.id);
  const found = reasons.data ?? [];
  const canRetry = !isOpen(job) && !retry.isPending;
  return (
    <details className="job-refused" onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{words.refusedTitle(count(refusedBy(job)), refusedBy(job) === 1)}</summary>
      {reasons.error ? <Wrong error={reasons.error} again={() => void reasons.refetch()} /> : null}
      {isShown && reasons.isPending ? <div className="blank" /> : null}
      {reasons.isSuccess && found.length === 0 ? <p className="small quiet">{words.refusedNone}</p> : null}
      {found.length > 1 ? (
        <div>
          <Button isDisabled={!canRetry} onPress={() => retry.mutate({})}>
            {words.retryAll}
          </Button>
        </div>
      ) : null}
      <ul className="reasons">
        {found.map(({ step, reason, count: number, detail }) => (
          <li key={step + reason}>
            <Reason
              name={job.id}
              step={step}
              reason={reason}
              title={words.group(count(number), words.steps[step])}
              detail={detail}
              onRetry={canRetry ? () => retry.mutate({ step, reason }) : null}
            />
          </li>
        ))}
      </ul>
      <p className="small" role="status">
        {retry.isSuccess ? words.retried : ""}
      </p>
      {retry.error ? <Wrong error={retry.error} /> : null}
    </details>
  );
}

interface ReasonProps {
  readonly name: string;
  readonly step: Step;
  readonly reason: string;
  readonly title: string;
  readonly detail: string;
  readonly onRetry: (() => void) | null;
}

function Reason({ name, step, reason, title, detail, onRetry }: ReasonProps) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="reason">
      <details onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary>
          <span className="badge bad">{words.reason(reason)}</span> {title}
        </summary>
        <p className="small quiet">{detail}</p>
        {isShown ? <Files name={name} step={step} reason={reason} said={detail} /> : null}
      </details>
      <Button isDisabled={onRetry === null} label={`${words.retryThese}: ${words.reason(reason)}`} onPress={() => onRetry?.()}>
        {words.retryThese}
      </Button>
    </div>
  );
}

interface FilesProps extends Pick<ReasonProps, "name" | "step" | "reason"> {
  /** What was said already of all of them. */
  readonly said: string;
}

function Files({ name, step, reason, said }: FilesProps) {
  const pages = useRefused(name, step, reason);
  if (pages.error) return <Wrong error={pages.error} again={() => void pages.refetch()} />;
  if (pages.data === undefined) return <div className="blank" />;
  return (
    <>
      {/* It scrolls, so it takes the focus: arrows move it. */}
      <ul className="files small" tabIndex={0} aria-label={words.reason(reason)}>
        {pages.data.pages
          .flatMap((page) => page.refusals)
          .map((file) => (
            <li key={file.asset}>
              {file.sha256 === null ? (
                <span className="unknown" aria-hidden="true" />
              ) : (
                <Thumbnail sha256={file.sha256} alt="" />
              )}
              <span>
                <strong className="wrap">{nameOf(file.path)}</strong>
                <span className="quiet wrap">{folderOf(file.path)}</span>
                {file.detail === said ? null : <span className="wrap">{file.detail}</span>}
              </span>
            </li>
          ))}
      </ul>
      {pages.hasNextPage ? (
        <Button isDisabled={pages.isFetchingNextPage} onPress={() => void pages.fetchNextPage()}>
          {words.moreFiles}
        </Button>
      ) : null}
    </>
  );
}
