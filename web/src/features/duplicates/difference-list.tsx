import { text } from "../../config/text";
import type { Difference } from "./difference";

const words = text.compare;

/** What is better and what is worse has a sign and a word beside its colour. */
const marks = { [-1]: ["bad", "▼", words.worse], 0: ["quiet", "·", ""], 1: ["good", "▲", words.better] } as const;

/** In what a file differs from the kept one. */
export function DifferenceList({ found }: { readonly found: readonly Difference[] }) {
  return (
    <ul className="differences">
      {found.map(({ says, better }) => {
        const [kind, sign, word] = marks[better];
        return (
          <li key={says} className={kind}>
            <span aria-hidden="true">{sign}</span> <span className="wrap">{says}</span>
            {word === "" ? null : <span className="unseen"> ({word})</span>}
          </li>
        );
      })}
    </ul>
  );
}
