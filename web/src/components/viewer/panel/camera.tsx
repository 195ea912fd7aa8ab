import { text } from "../../../config/text";
import type { Details } from "../asked";
import { cameraMoment, exposure, takenOf, words } from "../facts";
import { Section } from "./section";

interface Props {
  readonly content: NonNullable<Details["content"]>;
}

/** When it was taken, and who says so. */
export function Taken({ content }: Props) {
  const taken = takenOf(content);
  return (
    <Section title={text.viewer.taken}>
      {taken === null ? (
        <p className="quiet">{text.viewer.undated}</p>
      ) : (
        <p>
          {cameraMoment(taken.seconds)} {taken.offset}
        </p>
      )}
      {taken?.source == null ? null : (
        <p className="small quiet">{text.viewer.told(text.viewer.sources[taken.source] ?? taken.source)}</p>
      )}
    </Section>
  );
}

/** Camera, lens and exposure, as far as they are known. */
export function Camera({ content: { metadata } }: Props) {
  const lines = [words(metadata, "camera"), words(metadata, "lens"), exposure(metadata)].filter(Boolean);
  if (lines.length === 0) return null;
  return (
    <Section title={text.viewer.camera}>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </Section>
  );
}
