import { useEffect } from "react";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, counted, nameOf } from "../../lib/format";
import { useResolve, useUndo, type Resolution } from "./asked";

const words = text.duplicates;

/** Changes that are listed; the numbers always say all of them. */
const LISTED = 200;

interface Asked {
  readonly review?: string;
  readonly groups?: readonly string[];
  readonly keep?: Readonly<Record<string, string>>;
  readonly verb?: "trash" | "distinct";
}

interface Props {
  readonly asked: Asked;
  readonly onClose: () => void;
}

const body = (asked: Asked, dryRun: boolean) => ({
  review: asked.review ?? null,
  groups: [...(asked.groups ?? [])],
  keep: { ...asked.keep },
  verb: asked.verb ?? null,
  references: [],
  dry_run: dryRun,
});

/** Shows exactly what would change, does it when told, and takes it back when told. */
export function ResolveDialog({ asked, onClose }: Props) {
  const plan = useResolve();
  const act = useResolve();
  const undo = useUndo();
  const { mutate } = plan;
  useEffect(() => mutate(body(asked, true)), [mutate, asked]);
  const report = act.data?.report ?? null;
  return (
    <Dialog title={words.change} onClose={onClose}>
      {plan.error ? <Wrong error={plan.error} /> : null}
      {plan.data === undefined ? null : <Plan plan={plan.data.plan} />}
      {act.error ? <Wrong error={act.error} /> : null}
      {undo.error ? <Wrong error={undo.error} /> : null}
      <div className="row" aria-live="polite">
        {report === null ? (
          <Button
            kind="main"
            isDisabled={act.isPending || (plan.data?.plan.items.length ?? 0) === 0}
            onPress={() => act.mutate(body(asked, false))}
          >
            {words.doIt}
          </Button>
        ) : (
          <>
            <span className="badge good">
              {undo.isSuccess ? words.undone : `${counted(report.done, "file", "files")} · ${bytes(report.bytes)}`}
            </span>
            {undo.isSuccess ? null : (
              <Button isDisabled={undo.isPending} onPress={() => undo.mutate([report.act])}>
                {words.undo}
              </Button>
            )}
          </>
        )}
      </div>
      {(report?.failed ?? []).map((failed) => (
        <p key={failed.path} className="small">
          <span className="badge bad">{nameOf(failed.path)}</span> {failed.reason}
        </p>
      ))}
    </Dialog>
  );
}

function Plan({ plan }: { readonly plan: Resolution["plan"] }) {
  return (
    <>
      <p>
        {counted(plan.items.length, "change", "changes")}, {bytes(plan.bytes_reclaimed)} {words.win}.{" "}
        {plan.left.length === 0 ? "" : `${counted(plan.left.length, "file is", "files are")} left alone.`}
      </p>
      <ul className="changes small">
        {plan.items.slice(0, LISTED).map((item) => (
          <li key={item.item}>
            <span className="badge">{item.verb}</span> <span className="wrap">{item.path}</span>
            <div className="quiet wrap">
              {words.kept}: {item.kept}. {item.why}
            </div>
          </li>
        ))}
        {plan.left.slice(0, LISTED).map((left) => (
          <li key={left.path} className="quiet">
            <span className="wrap">{left.path}</span>: {left.reason}
          </li>
        ))}
      </ul>
    </>
  );
}
