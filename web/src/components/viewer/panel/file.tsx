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
  return (
    <Section title={text.viewer.file}>
      <p className="breaks">
        <strong>{details.name}</strong> <Copy label={text.viewer.copyPath} value={details.path} />
      </p>
      <p>{sizesOf(details).join(" · ")}</p>
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

/** Pixels, bytes and form, as far as they are known. */
function sizesOf({ content, bytes: size }: Details): readonly string[] {
  if (content === null) return [bytes(size)];
  const { width, height, frames, format, mode } = content;
  const moving = frames > 1 ? text.viewer.frames(frames) : null;
  const all = [text.viewer.pixels(width, height), megapixels(width, height), bytes(size), format, mode, moving];
  return all.filter((part) => part !== null);
}
