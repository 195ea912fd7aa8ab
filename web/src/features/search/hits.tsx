import { Link } from "@tanstack/react-router";
import { Fragment } from "react";

import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { folderOf, nameOf } from "../../lib/format";
import type { Hit } from "./asked";

const words = text.search;

interface Props {
  readonly hits: readonly Hit[];
  readonly isStale: boolean;
}

/** Hits, best first, with why each is one; a line says where they probably end. */
export function Hits({ hits, isStale }: Props) {
  const end = hits.findIndex((hit) => hit.relevant === false);
  return (
    <>
      <Cards hits={end < 0 ? hits : hits.slice(0, end)} isStale={isStale} />
      {end < 0 ? null : (
        <>
          <p className="line quiet">{words.beyond}</p>
          <Cards hits={hits.slice(end)} isStale={isStale} />
        </>
      )}
    </>
  );
}

function Cards({ hits, isStale }: Props) {
  return (
    <ul className={isStale ? "hits stale" : "hits"}>
      {hits.map((hit) => (
        <li key={hit.asset} className="card">
          <Thumbnail sha256={hit.sha256} alt={nameOf(hit.path)} />
          <div className="small">
            <strong className="wrap">{nameOf(hit.path)}</strong>
            <div className="quiet wrap">{folderOf(hit.path)}</div>
            <Why hit={hit} />
            <Link to="/search" search={{ q: `like:asset:${hit.asset}` }}>
              {words.similar}
            </Link>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Why({ hit }: { readonly hit: Hit }) {
  const { likeness, words: found, conditions } = hit.why;
  return (
    <div className="why">
      {likeness === null ? null : (
        <div>
          <span className="badge">{words.looks}</span>{" "}
          {likeness.standing === null ? likeness.score.toFixed(3) : words.standing(Math.round(likeness.standing * 100))}
        </div>
      )}
      {found === null ? null : (
        <div>
          <span className="badge">{found.fields.join(", ")}</span> <Marked excerpt={found.excerpt} marks={found.marks} />
        </div>
      )}
      {conditions.map((condition) => (
        <div key={condition.field} className="quiet">
          {condition.field}: {Array.isArray(condition.value) ? condition.value.join(", ") : condition.value}
        </div>
      ))}
    </div>
  );
}

interface MarkedProps {
  readonly excerpt: string;
  readonly marks: readonly (readonly unknown[])[];
}

function Marked({ excerpt, marks }: MarkedProps) {
  const places = marks.filter((mark): mark is readonly [number, number] => mark.every((at) => typeof at === "number"));
  return (
    <span className="wrap">
      {places.map(([begin, end], index) => (
        <Fragment key={begin}>
          {excerpt.slice(places[index - 1]?.[1] ?? 0, begin)}
          <mark>{excerpt.slice(begin, end)}</mark>
        </Fragment>
      ))}
      {excerpt.slice(places.at(-1)?.[1] ?? 0)}
    </span>
  );
}
