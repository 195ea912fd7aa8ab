import { text } from "../../../config/text";
import type { Details } from "../asked";
import { Section } from "./section";

interface Props {
  readonly details: Details;
}

/** In which indexes the picture is, and what kept it out. */
export function Found({ details: { indexes, failures, content } }: Props) {
  if (content === null) return null;
  return (
    <Section title={text.viewer.found}>
      {indexes.length === 0 ? <p className="quiet">{text.viewer.nowhere}</p> : null}
      <ul className="plain small">
        {indexes.map(({ index, told }) => (
          <li key={index} className="breaks">
            {index === "words" ? text.viewer.byWords : text.viewer.byMeaning(index)}{" "}
            {told ? null : <span className="quiet">{text.viewer.waiting}</span>}
          </li>
        ))}
        {failures.map(({ step, model, detail }) => (
          <li key={`${step} ${model}`} className="problem breaks">
            <strong>{text.viewer.steps[step] ?? step}</strong> {detail} <span className="quiet">({model})</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
