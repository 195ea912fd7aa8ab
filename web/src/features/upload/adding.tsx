import { lazy, Suspense, useEffect, useState } from "react";

import { text } from "../../config/text";
import { onAsked } from "../../lib/adding";
import { choose, useDrop, usePaste } from "./arriving";
import { addAll, useTotals, warnBeforeLeaving } from "./store";
import "./adding.css";

const Panel = lazy(() => import("./panel").then(({ Panel: panel }) => ({ default: panel })));

/** Takes pictures that are dropped, pasted or chosen on whatever page, and shows what becomes of them. */
export function Adding() {
  const [reading, setReading] = useState(0);
  const [told, setTold] = useState<string | null>(null);
  const { files } = useTotals();
  const take = (given: readonly (FileSystemEntry | File)[]) => {
    if (given.length === 0) return;
    setReading((count) => count + 1);
    void addAll(given).then((sentence) => {
      setReading((count) => count - 1);
      setTold(sentence);
    });
  };
  const over = useDrop(take);
  usePaste(take);
  useEffect(warnBeforeLeaving, []);
  useEffect(() => onAsked((choosing) => choose(choosing === "folder", take)), []);
  return (
    <>
      {over ? <Overlay /> : null}
      {files === 0 && reading === 0 ? null : (
        <Suspense>
          <Panel reading={reading > 0} told={told} />
        </Suspense>
      )}
    </>
  );
}

function Overlay() {
  return (
    <div className="drop-overlay" aria-hidden="true">
      <div>
        <svg viewBox="0 0 48 48" width="72" height="72">
          <path
            d="M24 34V10m0 0-9 9m9-9 9 9M8 32v8h32v-8"
            fill="none"
            stroke="currentColor"
            strokeWidth="3"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <p>{text.adding.drop}</p>
        <p className="small">{text.adding.dropHint}</p>
      </div>
    </div>
  );
}
