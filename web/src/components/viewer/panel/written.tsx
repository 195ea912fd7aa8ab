import { text } from "../../../config/text";
import type { Details } from "../asked";
import { list, words } from "../facts";
import { Copy } from "./copy";
import { Section } from "./section";

interface Props {
  readonly details: Details;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Words about the picture, by people and models, and those in it. */
export function Written({ details, fields }: Props) {
  const own = [...new Set([words(fields, "title"), words(fields, "description")])].filter((line) => line !== null);
  const keywords = list(fields, "keywords");
  return (
    <>
      {own.length + keywords.length === 0 ? null : (
        <Section title={text.viewer.words}>
          {own.map((line) => (
            <p key={line} className="breaks">
              {line}
            </p>
          ))}
          {keywords.length === 0 ? null : (
            <ul className="keywords">
              {keywords.map((word) => (
                <li key={word} className="badge">
                  {word}
                </li>
              ))}
            </ul>
          )}
        </Section>
      )}
      {details.captions.length === 0 ? null : (
        <Section title={text.viewer.captions}>
          {details.captions.map(({ model, value }) => (
            <p key={model} className="breaks" title={model}>
              {value}
            </p>
          ))}
        </Section>
      )}
      {details.texts.map(({ model, value }) => (
        <Section key={model} title={text.viewer.text}>
          <p className="read" title={model}>
            {value}
          </p>
          <Copy label={text.viewer.copyText} value={value} />
        </Section>
      ))}
    </>
  );
}
