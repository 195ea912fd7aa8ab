import { useQueryClient } from "@tanstack/react-query";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { Outcome } from "../../components/outcome";
import { useBegun } from "../../components/undo-asked";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useJobEnded } from "../../lib/use-jobs";
import { useCarryOut, usePlan, type Asked, type Plan } from "./resolve-asked";
import { ResolvePlan } from "./resolve-plan";
import { ResolveResult } from "./resolve-result";
import "./resolve.css";

const words = text.resolving;

interface Props {
  readonly asked: Asked;
  readonly onClose: () => void;
}

/** Shows exactly what would change, does that when told, says how far it is, and takes it back when told. */
export function ResolveDialog({ asked, onClose }: Props) {
  const plan = usePlan(asked);
  const act = useCarryOut();
  const client = useQueryClient();
  const job = useBegun(act.data?.job);
  useJobEnded((ended) => {
    if (ended.id === job?.id) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "plan" });
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      {plan.error ? <Wrong error={plan.error} again={() => void plan.refetch()} /> : null}
      {plan.isLoading ? <div className="blank tall" role="status" aria-label={words.planning} /> : null}
      {plan.data !== undefined && act.data === undefined ? (
        <>
          <ResolvePlan plan={plan.data} />
          <DoIt plan={plan.data} isPending={act.isPending} onPress={() => act.mutate(plan.data)} />
        </>
      ) : null}
      {act.error ? <Wrong error={act.error} /> : null}
      {act.data === undefined ? null : (
        <Outcome>
          <ResolveResult report={act.data.report} job={job} />
        </Outcome>
      )}
    </Dialog>
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
