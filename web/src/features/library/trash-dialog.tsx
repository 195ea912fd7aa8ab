import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { planOfPictures } from "../../components/plan/plan-asked";
import { PlanDialog } from "../../components/plan/plan-dialog";
import { Thumbnail } from "../../components/thumbnail";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, folderOf, nameOf } from "../../lib/format";
import { useKnownContents } from "./asked";
import { FEW, trash, undo, type Trashed, type Trashing } from "./acts";

const words = text.library.trash;

/** Begins the key of what would happen: asked once, since what went is no longer where it was. */
const PLAN = "trash plan";

/** Files that are named; the numbers always say all of them. */
const LISTED = 200;

interface Props {
  /** Names what is chosen, so that it is looked at once. */
  readonly id: string;
  readonly count: number;
  /** Finds the ids of what is chosen. */
  readonly find: () => Promise<readonly number[]>;
  /** Called when something went to the trash or came back. */
  readonly onChange: () => void;
  readonly onClose: () => void;
}

/** Shows which files would go to the trash, moves them when told, and takes it back when told. */
export function TrashDialog(props: Props) {
  const { id, count, find, onChange, onClose } = props;
  if (count <= FEW) return <FewDialog {...props} />;
  return <PlanDialog id={id} ask={async () => planOfPictures(await find())} onBegun={onChange} onClose={onClose} />;
}

function FewDialog({ id, count, find, onChange, onClose }: Props) {
  const client = useQueryClient();
  const changed = () => {
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== PLAN });
    onChange();
  };
  const plan = useQuery({
    queryKey: [PLAN, id],
    queryFn: async () => {
      const assets = await find();
      return { assets, told: await trash(assets, true) };
    },
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const act = useMutation({
    mutationFn: (assets: readonly number[]) => trash(assets, false),
    onSettled: changed,
  });
  const back = useMutation({ mutationFn: undo, onSettled: changed });
  return (
    <Dialog title={act.data === undefined ? words.title(count) : words.titleDone} onClose={onClose}>
      {[plan.error, act.error, back.error].map((error, number) =>
        error === null ? null : <Wrong key={number} error={error} />,
      )}
      <div aria-live="polite" className="stack">
        {plan.isPending ? <p>{words.looking}</p> : null}
        {act.data === undefined ? null : <Result result={act.data} isUndone={back.isSuccess} />}
      </div>
      {plan.data === undefined || act.data !== undefined ? null : <Plan plan={plan.data.told} />}
      <div className="row">
        {act.data === undefined ? (
          <Button
            kind="main"
            isDisabled={(plan.data?.told.going ?? 0) === 0}
            // A button that is switched off while it works would lose the focus.
            onPress={() => (act.isPending ? undefined : act.mutate(plan.data?.assets ?? []))}
          >
            {act.isPending ? words.doing : words.act}
          </Button>
        ) : (
          <Button kind="main" onPress={onClose}>
            {text.close}
          </Button>
        )}
        {act.data === undefined || act.data.acts.length === 0 || back.isSuccess ? null : (
          <Button onPress={() => (back.isPending ? undefined : back.mutate(act.data.acts))}>
            {back.isPending ? words.undoing : words.undo}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Plan({ plan }: { readonly plan: Trashing }) {
  const going = plan.items.filter((item) => item.outcome !== "refused");
  return (
    <>
      <p>{words.plan(plan.going, bytes(plan.bytes))}</p>
      <Files items={going} />
      <Refused items={plan.items} />
    </>
  );
}

function Result({ result, isUndone }: { readonly result: Trashing; readonly isUndone: boolean }) {
  return (
    <>
      <p>{isUndone ? words.undone : words.done(result.going, bytes(result.bytes))}</p>
      {isUndone ? null : <Refused items={result.items} />}
    </>
  );
}

function Refused({ items }: { readonly items: readonly Trashed[] }) {
  const refused = items.filter((item) => item.outcome === "refused");
  if (refused.length === 0) return null;
  return (
    <>
      <p>{words.refused(refused.length)}</p>
      <Files items={refused} />
    </>
  );
}

function Files({ items }: { readonly items: readonly Trashed[] }) {
  const contents = useKnownContents();
  return (
    <ul className="going small">
      {items.slice(0, LISTED).map((item) => (
        <li key={item.asset}>
          {contents.has(item.asset) ? <Thumbnail sha256={contents.get(item.asset) ?? ""} alt="" /> : null}
          <span className="wrap">
            {nameOf(item.path)} <span className="quiet">{item.reason ?? folderOf(item.path)}</span>
          </span>
          <span className="quiet">{bytes(item.bytes)}</span>
        </li>
      ))}
      {items.length > LISTED ? <li className="quiet">{words.more(items.length - LISTED)}</li> : null}
    </ul>
  );
}
