import { Link } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useForget, usePast } from "./asked";
import { piecesOf } from "./line";
import { PictureSource } from "./picture-source";

const words = text.search;

/** What is shown before anything is asked: earlier searches, and what can be asked. */
export function Start() {
  return (
    <div className="search-start stack">
      <Past />
      <section className="stack">
        <h2>{words.startTitle}</h2>
        <p className="quiet">{words.startHint}</p>
        <ul className="chips">
          {words.start.map(({ q, about }) => (
            <li key={q}>
              <Link to="/search" search={{ q }} className="chip">
                <code>{q}</code>
                <span className="quiet">{about}</span>
              </Link>
            </li>
          ))}
        </ul>
        <p className="small quiet">{words.keys}</p>
      </section>
    </div>
  );
}

function Past() {
  const past = usePast();
  const forget = useForget();
  const listed = past.data ?? [];
  if (listed.length === 0) return null;
  return (
    <section className="stack">
      <div className="row apart">
        <h2>{words.past}</h2>
        <Button kind="plain" isDisabled={forget.isPending} onPress={() => forget.mutate()}>
          {words.forget}
        </Button>
      </div>
      {forget.error ? <Wrong error={forget.error} /> : null}
      <ul className="chips">
        {listed.map((q) => (
          <li key={q}>
            <Link to="/search" search={{ q }} className="chip">
              {piecesOf(q).map((piece) =>
                piece.picture === null ? (
                  piece.text
                ) : (
                  <span key={piece.text} className="small-picture">
                    {piece.text.startsWith("-") ? "−" : ""}
                    <PictureSource name={piece.picture} side={256} alt={words.pictureOf(1)} />
                  </span>
                ),
              )}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
