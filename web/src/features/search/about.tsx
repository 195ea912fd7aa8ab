import { Link } from "@tanstack/react-router";

import { Said } from "../../components/said";
import { text } from "../../config/text";
import { count } from "../../lib/format";
import type { Answer } from "./asked";

const words = text.search;

/** Notes that a model which knows words would mend. */
const WANT_A_MODEL = ["words-only", "model-away", "nothing-embedded"];

/** How many hits there are, and what the person should know about the answer. */
export function About({ answer }: { readonly answer: Answer }) {
  const { total, line, notes } = answer;
  return (
    <div className="answer-about stack small">
      <p className="quiet" aria-live="polite">
        {total === null ? words.many : words.found(count(total), total === 1)}
        {line?.relevant == null || line.relevant === 0 ? "" : ` · ${words.likely(count(line.relevant))}`}
        {line === null ? "" : <span className="judged"> · {line.why}</span>}
      </p>
      {notes.map((note) => (
        <p key={note.code} className="note">
          {note.text} <span className="quiet"><Said>{note.remedy}</Said></span>{" "}
          {WANT_A_MODEL.includes(note.code) ? <Link to="/models">{words.getModel}</Link> : null}
        </p>
      ))}
    </div>
  );
}

/** What is shown in place of hits where there are none, with the way to more. */
export function NoHits({ answer }: { readonly answer: Answer }) {
  const isWordless = answer.notes.some(({ code }) => code === "words-only");
  return (
    <div className="no-hits stack">
      <p>{words.none}</p>
      <p className="quiet">{isWordless ? words.noneKnown : words.noneHint}</p>
      {isWordless ? (
        <p>
          <Link to="/models" className="button main">
            {words.getModel}
          </Link>
        </p>
      ) : null}
    </div>
  );
}
