import { useQueryClient } from "@tanstack/react-query";

import { text } from "../../config/text";
import { isOpen, useJobEnded } from "../../lib/use-jobs";
import { Button } from "../button";
import { Dialog } from "../dialog";
import { Outcome } from "../outcome";
import { Progress } from "../progress";
import { useBegun } from "../undo-asked";
import { Wrong } from "../wrong";
import { useCarryOut, usePlan, type Plan, type Planned, type Planning } from "./plan-asked";
import { PlanChanges } from "./plan-changes";
import { PlanResult } from "./plan-result";
import "./plan.css";

const words = text.resolving;

interface Props {
  /** Names what is asked, so that it is planned once. */
  readonly id: string;
  readonly ask: () => Promise<Planned>;
  /** Called once files were changed, or are being changed by a job. */
  readonly onBegun?: () => void;
  readonly onClose: () => void;
}

/** Shows exactly what would change, does that when told, says how far it is, and takes it back when told. */
export function PlanDialog({ id, ask, onBegun, onClose }: Props) {
  const planning = usePlan(id, ask);
  const { plan } = planning;
  const act = useCarryOut();
  const client = useQueryClient();
  const job = useBegun(act.data?.job);
  useJobEnded((ended) => {
    if (ended.id === job?.id) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "plan" });
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      {plan === undefined ? <InTheMaking planning={planning} /> : null}
      {plan !== undefined && act.data === undefined ? (
        <>
          <PlanChanges plan={plan} />
          <DoIt plan={plan} isPending={act.isPending} onPress={() => act.mutate(plan, { onSuccess: () => onBegun?.() })} />
        </>
      ) : null}
      {act.error ? <Wrong error={act.error} /> : null}
      {act.data === undefined ? null : (
        <Outcome>
          <PlanResult report={act.data.report} job={job} />
        </Outcome>
      )}
    </Dialog>
  );
}

function InTheMaking({ planning: { job, error, again } }: { readonly planning: Planning }) {
  if (error) return <Wrong error={error} again={again} />;
  if (job?.error) return <Wrong error={new Error(`${job.error.detail} ${job.error.remedy}`)} />;
  if (job?.state === "cancelled") return <p>{words.cancelled}</p>;
  return (
    <>
      {job !== null && isOpen(job) && job.phase !== "" ? <Progress job={job} /> : null}
      <div className="blank tall" role="status" aria-label={words.planning} />
      <p className="small quiet">{words.untouched}</p>
    </>
  );
}

interface DoItProps {
  readonly plan: Plan;
  readonly isPending: boolean;
  readonly onPress: () => void;
}

function DoIt({ plan, isPending, onPress }: DoItProps) {
  if (plan.changes === 0) return <p>{words.nothing}</p>;
  const trashed = plan.counts["trash"] === plan.changes;
  return (
    <div className="row apart">
      <p className="small quiet">{words.safe}</p>
      <Button kind="main" isDisabled={isPending} onPress={onPress}>
        {trashed ? words.doTrash(plan.changes) : words.doIt(plan.changes)}
      </Button>
    </div>
  );
}
