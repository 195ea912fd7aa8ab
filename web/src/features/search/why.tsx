import { Link } from "@tanstack/react-router";
import { Fragment } from "react";

import { text } from "../../config/text";
import { folderOf, nameOf } from "../../lib/format";
import type { Hit } from "./asked";
import { slice } from "./line";
import { reasonsOf } from "./reasons";

const words = text.search;

/** Everything that speaks for a hit. */
export function Why({ hit }: { readonly hit: Hit }) {
  const { likeness, words: found } = hit.why;
  return (
    <>
      <h2 className="wrap">{nameOf(hit.path)}</h2>
      <p className="small quiet wrap">{folderOf(hit.path)}</p>
      <ul className="reasons">
        {reasonsOf(hit).map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {found === null ? null : (
        <blockquote className="small wrap">
          <Marked excerpt={found.excerpt} marks={found.marks} />
        </blockquote>
      )}
      {likeness === null || likeness.terms.length < 2 ? null : <Shares terms={likeness.terms} />}
      <p>
        <Link to="/search" search={{ q: `like:asset:${hit.asset}` }}>
          {words.similar}
        </Link>
      </p>
    </>
  );
}

type Terms = NonNullable<Hit["why"]["likeness"]>["terms"];

/** What each term of a sum adds to the likeness, or takes from it. */
function Shares({ terms }: { readonly terms: Terms }) {
  const most = Math.max(...terms.map(({ share }) => Math.abs(share)), 1e-6);
  return (
    <table className="shares small">
      <caption>{words.shares}</caption>
      <tbody>
        {terms.map(({ term, share }) => (
          <tr key={term}>
            <th scope="row">{term}</th>
            <td className={share < 0 ? "less" : "more"}>
              <span style={{ width: `${(Math.abs(share) / most) * 100}%` }} />
            </td>
            <td>{`${share < 0 ? "−" : "+"}${Math.abs(share).toFixed(3)}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface MarkedProps {
  readonly excerpt: string;
  readonly marks: readonly (readonly unknown[])[];
}

function Marked({ excerpt, marks }: MarkedProps) {
  const places = marks.filter((mark): mark is readonly [number, number] => mark.every((at) => typeof at === "number"));
  return (
    <>
      {places.map(([begin, end], index) => (
        <Fragment key={begin}>
          {slice(excerpt, places[index - 1]?.[1] ?? 0, begin)}
          <mark>{slice(excerpt, begin, end)}</mark>
        </Fragment>
      ))}
      {slice(excerpt, places.at(-1)?.[1] ?? 0)}
    </>
  );
}
