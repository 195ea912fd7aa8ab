import "./refusals.css";

import { nameOf } from "../lib/format";

interface Refused {
  readonly path: string;
  readonly reason: string;
}

interface Props {
  readonly says: string;
  readonly refused: readonly Refused[];
}

/** Files that something could not be done to, each with its reason. */
export function Refusals({ says, refused }: Props) {
  if (refused.length === 0) return null;
  return (
    <section className="stack refusals">
      <p>{says}</p>
      <ul className="small" tabIndex={0} aria-label={says}>
        {refused.map((each) => (
          <li key={each.path}>
            <strong className="wrap" title={each.path}>
              {nameOf(each.path)}
            </strong>{" "}
            <span className="quiet">{each.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
