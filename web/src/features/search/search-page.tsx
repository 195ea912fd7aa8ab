import { text } from "../../config/text";

/** One box for words and pictures; the address is the search. */
export function SearchPage() {
  return (
    <div className="stack">
      <h1>{text.search.title}</h1>
    </div>
  );
}
