import { useRef, useState } from "react";

import { useViewed } from "../../components/viewer/use-viewed";
import { Viewer } from "../../components/viewer/viewer";
import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { assetsOf } from "./acts";
import type { Month } from "./blocks";
import { ChoiceBar } from "./choice-bar";
import { Grid } from "./grid";
import { useSource } from "./source";
import { Toolbar } from "./toolbar";
import { TrashDialog } from "./trash-dialog";
import { useChoosing } from "./use-choosing";
import { useDensity } from "./use-density";

interface Props {
  readonly months: readonly Month[];
  readonly count: number;
  readonly folder: string | undefined;
}

/** What is to go to the trash: what is chosen, or one picture that is looked at. */
interface Going {
  readonly id: string;
  readonly count: number;
  readonly find: () => Promise<readonly number[]>;
}

/** The grid, what is chosen in it, and the one picture that is looked at. */
export function Library({ months, count, folder }: Props) {
  const name = folder === undefined ? text.library.title : nameOf(folder);
  const { density, setDensity, wantedAt } = useDensity();
  const choosing = useChoosing(months, count);
  const source = useSource(months, count, folder);
  const focus = useRef<((position: number | null) => void) | null>(null);
  const viewed = useViewed(source, { onClosed: (index) => (index === null ? undefined : focus.current?.(index)) });
  const [going, setGoing] = useState<Going | null>(null);
  const trashChosen = () => {
    if (choosing.size === 0) return;
    const { chosen, size } = choosing;
    setGoing({ id: JSON.stringify(chosen), count: size, find: () => assetsOf(chosen, months, folder) });
  };
  const closeTrash = () => {
    setGoing(null);
    // The bar from which it was opened may be gone with what was chosen.
    window.setTimeout(() => (document.activeElement === document.body ? focus.current?.(null) : undefined), 100);
  };
  const openAt = async (position: number) => {
    const picture = await source.at(position);
    if (picture !== null) viewed.show(position, picture);
  };
  return (
    <div className="library">
      <Toolbar
        name={name}
        count={count}
        folder={folder}
        density={density}
        onDensity={setDensity}
        choosing={choosing}
      />
      <div className="grid-room">
        <Grid
          name={name}
          months={months}
          count={count}
          folder={folder}
          wantedAt={wantedAt}
          choosing={choosing}
          onOpen={viewed.show}
          onTrash={trashChosen}
          focusRef={focus}
        />
      </div>
      {choosing.isOpen ? (
        <ChoiceBar
          choosing={choosing}
          months={months}
          folder={folder}
          onOpen={(position) => void openAt(position)}
          onTrash={trashChosen}
        />
      ) : null}
      {viewed.open === null ? null : (
        <Viewer
          {...viewed.open}
          onTrash={({ asset }) =>
            setGoing({ id: `asset ${asset}`, count: 1, find: () => Promise.resolve([asset]) })
          }
        />
      )}
      {going === null ? null : (
        <TrashDialog key={going.id} {...going} onChange={choosing.clear} onClose={closeTrash} />
      )}
    </div>
  );
}
