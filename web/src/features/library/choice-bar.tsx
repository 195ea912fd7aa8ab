import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { assetsOf, download, MOST, PORTION } from "./acts";
import type { Month } from "./blocks";
import type { Choosing } from "./use-choosing";

const words = text.library.choosing;

/** Most pictures that a search for more like them begins with. */
const ALIKE = 5;

interface Props {
  readonly choosing: Choosing;
  readonly months: readonly Month[];
  readonly folder: string | undefined;
  readonly onOpen: (position: number) => void;
  readonly onTrash: () => void;
}

/** Says how many pictures are chosen, and what can be done with them. */
export function ChoiceBar({ choosing, months, folder, onOpen, onTrash }: Props) {
  const { chosen, size } = choosing;
  const navigate = useNavigate();
  const downloading = useMutation({ mutationFn: async () => download(await assetsOf(chosen, months, folder)) });
  const similar = useMutation({
    mutationFn: async () => {
      const assets = await assetsOf(chosen, months, folder);
      await navigate({ to: "/search", search: { q: assets.map((asset) => `like:asset:${asset}`).join(" ") } });
    },
  });
  const error = downloading.error ?? similar.error;
  const [first] = chosen;
  return (
    <section className="choice-bar" aria-label={words.region}>
      <div className="row">
        <strong aria-live="polite">{size === 0 ? words.none : words.chosen(size)}</strong>
        <Button kind="plain" onPress={choosing.clear}>
          {words.clear}
        </Button>
        {size === 0 ? (
          <Button kind="plain" onPress={choosing.all}>
            {words.all}
          </Button>
        ) : null}
        {size > PORTION ? <span className="small quiet">{text.library.choosing.tooMany(PORTION)}</span> : null}
        <span className="spring" />
        {size === 1 && first !== undefined ? (
          <Button onPress={() => onOpen(first.from)}>{words.open}</Button>
        ) : null}
        {size > 0 && size <= ALIKE ? (
          <Button onPress={() => similar.mutate()} isDisabled={similar.isPending}>
            {words.similar(size)}
          </Button>
        ) : null}
        <Button
          isDisabled={size === 0 || size > PORTION || downloading.isPending}
          onPress={() => downloading.mutate()}
        >
          {downloading.isPending ? words.preparing : words.download}
        </Button>
        <Button isDisabled={size === 0 || size > MOST} onPress={onTrash}>
          {words.trash}
        </Button>
      </div>
      {choosing.dropped > 0 ? <p className="small">{words.dropped(choosing.dropped)}</p> : null}
      {error === null ? null : (
        <p role="alert" className="small">
          {error.message}
        </p>
      )}
    </section>
  );
}
