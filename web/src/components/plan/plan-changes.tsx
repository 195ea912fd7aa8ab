import { useMemo } from "react";

import { PagedList } from "../paged-list";
import { Refusals } from "../refusals";
import { Thumbnail } from "../thumbnail";
import { Wrong } from "../wrong";
import { text } from "../../config/text";
import { bytes, folderOf, nameOf } from "../../lib/format";
import { useChanges, type Plan, type PlannedChange } from "./plan-asked";

const words = text.resolving;

/** Height of a change that was not drawn yet, pixels. */
const GUESSED_HEIGHT = 132;

/** A plan: what it comes to, every change with what is kept, and what is left alone. */
export function PlanChanges({ plan }: { readonly plan: Plan }) {
  const left = plan.counts["left"] ?? 0;
  return (
    <>
      {plan.changes === 0 ? null : (
        <>
          <p>{words.sum(plan.changes, bytes(plan.bytes_reclaimed))}</p>
          <Changes plan={plan} />
        </>
      )}
      {left === 0 ? null : (
        <details open={plan.changes === 0}>
          <summary>{words.left(left)}</summary>
          <Refusals says={words.leftFirst(plan.left.length, left)} refused={plan.left} />
        </details>
      )}
    </>
  );
}

function Changes({ plan }: { readonly plan: Plan }) {
  const pages = useChanges(plan);
  const items = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
  return (
    <>
      {pages.error ? <Wrong error={pages.error} again={() => void pages.fetchNextPage()} /> : null}
      <PagedList
        label={words.list}
        className="planned"
        rowClassName="planned-change"
        items={items}
        pages={pages}
        guessedHeight={GUESSED_HEIGHT}
        keyOf={(item) => item.item}
      >
        {(item) => <Change item={item} />}
      </PagedList>
    </>
  );
}

function Change({ item }: { readonly item: PlannedChange }) {
  // What a person chose goes without another in its stead; a verdict is over several that all stay.
  const isAlone = item.kept === item.path;
  const isVerdict = isAlone && item.verb !== "trash";
  return (
    <>
      <div className="planned-files">
        <File path={item.path} sha256={item.sha256} says={words.verbs[item.verb] ?? item.verb} tone={isVerdict ? "" : "bad"}>
          {isVerdict ? words.belongs(item.others.length) : bytes(item.bytes)}
        </File>
        {isAlone ? null : <File path={item.kept} sha256={item.kept_sha256} says={words.stays} tone="good" />}
      </div>
      <p className="small quiet">{item.why}</p>
    </>
  );
}

interface FileProps {
  readonly path: string;
  readonly sha256: string;
  readonly says: string;
  readonly tone: "" | "good" | "bad";
  readonly children?: string;
}

function File({ path, sha256, says, tone, children }: FileProps) {
  return (
    <div className="planned-file small">
      <Thumbnail sha256={sha256} alt="" />
      <div>
        <span className={`badge ${tone}`}>{says}</span> <span className="quiet">{children}</span>
        <strong className="wrap">{nameOf(path)}</strong>
        <span className="quiet wrap">{folderOf(path)}</span>
      </div>
    </div>
  );
}
