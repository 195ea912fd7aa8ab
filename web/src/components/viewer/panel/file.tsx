import { text } from "../../../config/text";
import { bytes } from "../../../lib/format";
import type { Details } from "../asked";
import { megapixels } from "../facts";
import { Copy } from "./copy";
import { Section } from "./section";
import { Way } from "./way";

interface Props {
  readonly details: Details;
}

/** The file, its size, and the folder that it is in. */
export function File({ details }: Props) {
  const { content } = details;
  const size =
    content === null
      ? []
      : [text.viewer.pixels(content.width, content.height), megapixels(content.width, content.height)];
  const form =
    content === null ? [] : [content.format, content.mode, ...(content.frames > 1 ? [text.viewer.frames(content.frames)] : [])];
  return (
    <Section title={text.viewer.file}>
      <p className="breaks">
        <strong>{details.name}</strong> <Copy label={text.viewer.copyPath} value={details.path} />
      </p>
      <p>{[...size, bytes(details.bytes), ...form].join(" · ")}</p>
      <p className="breaks small">
        <Way to="/folders" search={{ folder: details.folder }}>
          {details.folder}
        </Way>
      </p>
      {content === null ? null : (
        <p>
          <Way to="/search" search={{ similar: details.asset }}>
            {text.viewer.similar}
          </Way>
        </p>
      )}
    </Section>
  );
}
