import { Link } from "@tanstack/react-router";

import { text } from "../../config/text";
import type { Part } from "./line";

const words = text.search;

/** Conditions, phrases and weighed words of a search, each of which a press leaves out. */
export function Chips({ parts }: { readonly parts: readonly Part[] }) {
  const shown = parts.filter((part) => part.kind !== "picture" && !(part.kind === "words" && part.weight === null));
  if (shown.length === 0) return null;
  return (
    <ul className="chips" aria-label={words.filters}>
      {shown.map((part) => (
        <li key={part.start}>
          <Link
            to="/search"
            search={part.without === "" ? {} : { q: part.without }}
            className="chip"
            aria-label={words.leaveOut(part.text)}
          >
            <code>{part.text}</code>
            <span aria-hidden="true">×</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
