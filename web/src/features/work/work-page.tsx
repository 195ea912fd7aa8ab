import { text } from "../../config/text";

/** What is being done, and what was done. */
export function WorkPage() {
  return (
    <div className="stack">
      <h1>{text.work.title}</h1>
      <p className="quiet">{text.work.none}</p>
    </div>
  );
}
