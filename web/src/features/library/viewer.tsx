import { useEffect } from "react";

import { Dialog } from "../../components/dialog";
import { text } from "../../config/text";
import { day } from "../../lib/format";
import { useBlocks } from "./asked";
import { BLOCK, keyOf, type Month } from "./blocks";

/** Which picture is looked at: its place within its month. */
export interface Shown {
  readonly month: string;
  readonly index: number;
}

interface Props {
  readonly shown: Shown;
  readonly months: readonly Month[];
  readonly onShow: (shown: Shown | null) => void;
}

/** One picture as large as the window; arrows go to its neighbours, Escape goes back. */
export function Viewer({ shown, months, onShow }: Props) {
  const offset = Math.floor(shown.index / BLOCK) * BLOCK;
  const page = useBlocks([{ month: shown.month, offset, count: BLOCK, height: 0 }]).get(keyOf(shown.month, offset));
  const sha256 = page?.sha256[shown.index - offset];
  const taken = page?.taken_at[shown.index - offset] ?? null;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      const next = by === 0 ? null : beside(shown, by, months);
      if (next === null) return;
      event.preventDefault();
      onShow(next);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [shown, months, onShow]);
  return (
    <Dialog title={taken === null ? text.library.undated : day(taken)} wide onClose={() => onShow(null)}>
      {sha256 === undefined ? (
        <div className="blank" />
      ) : (
        <img className="viewed" src={`/api/v1/contents/${sha256}/picture?side=1600`} alt={taken === null ? "" : day(taken)} />
      )}
    </Dialog>
  );
}

/** The picture before or after, across months; null at the ends. */
function beside({ month, index }: Shown, by: number, months: readonly Month[]): Shown | null {
  const number = months.findIndex((each) => each.month === month);
  const here = months[number];
  if (here === undefined) return null;
  if (index + by >= 0 && index + by < here.count) return { month, index: index + by };
  const next = months[number + by];
  return next === undefined ? null : { month: next.month, index: by > 0 ? 0 : next.count - 1 };
}
