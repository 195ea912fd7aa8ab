import { Problem } from "../../api/problem";
import { Said } from "../../components/said";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { slice } from "./line";

const words = text.search;

interface Props {
  readonly q: string;
  readonly error: Error;
  readonly again: () => void;
}

/** Why there is no answer: a line that does not parse is shown with what is wrong in it. */
export function Misread({ q, error, again }: Props) {
  const place = error instanceof Problem ? error.place : null;
  if (place === null) return <Wrong error={error} again={again} />;
  return (
    <div className="card problem stack" role="alert">
      <p>
        <strong>{words.misread}</strong> <Said>{error.message}</Said>
      </p>
      <p className="misread wrap">
        <code>
          {slice(q, 0, place.start)}
          <mark>{slice(q, place.start, place.end) || " "}</mark>
          {slice(q, place.end)}
        </code>
      </p>
    </div>
  );
}
