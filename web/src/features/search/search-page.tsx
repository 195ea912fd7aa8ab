import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { counted } from "../../lib/format";
import { useSearchPages, usePast, type Answer, type Dropped } from "./asked";
import { Hits } from "./hits";
import { SearchBox } from "./search-box";
import "./search.css";

const words = text.search;

/** One box for words, conditions and pictures; the address is the search. */
export function SearchPage() {
  const { q = "" } = useSearch({ from: "/search" });
  const navigate = useNavigate();
  const [dropped, setDropped] = useState<Dropped | null>(null);
  const pages = useSearchPages(q, dropped);
  const first = pages.data?.pages[0];
  const hits = pages.data?.pages.flatMap((page) => page.hits) ?? [];
  const asks = q.trim() !== "" || dropped !== null;
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <SearchBox
        key={q}
        q={q}
        dropped={dropped}
        onAsk={(next) => void navigate({ to: "/search", search: next === "" ? {} : { q: next } })}
        onDrop={setDropped}
      />
      {pages.error ? <Wrong error={pages.error} again={() => void pages.refetch()} /> : null}
      {asks ? null : <Past />}
      {first === undefined || !asks ? null : <About answer={first} />}
      {asks && pages.isSuccess && hits.length === 0 ? <p>{words.none}</p> : null}
      {asks ? <Hits hits={hits} isStale={pages.isPlaceholderData} /> : null}
      {asks && pages.hasNextPage ? (
        <div>
          <Button isDisabled={pages.isFetchingNextPage} onPress={() => void pages.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function About({ answer }: { readonly answer: Answer }) {
  return (
    <div className="stack small" aria-live="polite">
      <p className="quiet">
        {answer.total === null ? words.many : counted(answer.total, words.hit, words.hits)}
        {answer.line?.relevant == null ? "" : ` · ${counted(answer.line.relevant, words.likely, words.likelies)}`}
      </p>
      {answer.notes.map((note) => (
        <p key={note.code} className="note">
          {note.text} <span className="quiet">{note.remedy}</span>
        </p>
      ))}
    </div>
  );
}

function Past() {
  const past = usePast();
  const listed = past.data?.searches ?? [];
  if (listed.length === 0) return null;
  return (
    <section className="stack">
      <h2>{words.past}</h2>
      <ul className="past-searches">
        {listed.map((q) => (
          <li key={q}>
            <Link to="/search" search={{ q }} className="button">
              {q}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
