import { text } from "../../config/text";
import { count, nameOf } from "../../lib/format";
import type { About } from "./asked";
import { HUES, type ColouredBy, type Colouring, type Shade } from "./colours";
import type { Traits } from "./numbers";

const words = text.map;

interface Props {
  readonly by: ColouredBy;
  readonly colouring: Colouring;
  readonly about: About;
  readonly traits: Traits | undefined;
  readonly onChoose: (shade: Shade, name: string) => void;
}

/** What the colours mean; a press chooses the pictures of one. */
export function Legend({ by, colouring, about, traits, onChoose }: Props) {
  if (colouring.shades.length === 0) return null;
  const nameOfShade = ({ value }: Shade): string => {
    if (by === "year") return String(value);
    if (by === "folder") return nameOf(traits?.folderNames[value] ?? "");
    const own = about.regions[value]?.words ?? [];
    return own.length === 0 ? words.unnamed(value + 1) : own.join(", ");
  };
  return (
    <ul className="legend small" aria-label={words.colours[by]}>
      {colouring.shades.map((shade) => (
        <li key={shade.value}>
          <button type="button" onClick={() => onChoose(shade, nameOfShade(shade))}>
            <span className={`swatch hue-${shade.hue}`} aria-hidden="true" />
            <span className="wrap">{nameOfShade(shade)}</span>
            <span className="quiet">{count(shade.count)}</span>
          </button>
        </li>
      ))}
      {colouring.rest === 0 ? null : (
        <li className="rest">
          <span className={`swatch hue-${HUES}`} aria-hidden="true" />
          <span>{words.rest}</span>
          <span className="quiet">{count(colouring.rest)}</span>
        </li>
      )}
    </ul>
  );
}
