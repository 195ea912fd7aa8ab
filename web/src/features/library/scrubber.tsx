import { text } from "../../config/text";
import { month as monthName } from "../../lib/format";
import { blockAt, type Block } from "./blocks";

interface Props {
  readonly blocks: readonly Block[];
  readonly tops: Float64Array;
  readonly place: number;
  readonly onGo: (place: number) => void;
}

/** The whole time of the library at the edge: shows the month in sight, goes to any other. */
export function Scrubber({ blocks, tops, place, onGo }: Props) {
  const total = Math.max(1, tops[blocks.length] ?? 1);
  const here = blocks[blockAt(tops, place)]?.month ?? "undated";
  const years = blocks.flatMap((block, index) => {
    const year = block.month.slice(0, 4);
    return block.offset === 0 && year !== blocks[index - 1]?.month.slice(0, 4) && block.month !== "undated"
      ? [{ year, share: (tops[index] ?? 0) / total }]
      : [];
  });
  const name = here === "undated" ? text.library.undated : monthName(here);
  return (
    <div className="scrubber">
      <input
        type="range"
        min={0}
        max={1000}
        step={1}
        value={Math.round((place / total) * 1000)}
        aria-label={text.library.timeline}
        aria-valuetext={name}
        aria-orientation="vertical"
        onChange={(event) => onGo((Number(event.currentTarget.value) / 1000) * total)}
      />
      {apart(years).map(({ year, share }) => (
        <span key={year} aria-hidden="true" style={{ top: `${share * 100}%` }}>
          {year}
        </span>
      ))}
      <output style={{ top: `${(place / total) * 100}%` }}>{name}</output>
    </div>
  );
}

/** Least share of the height between two years that are named. */
const LEAST = 0.035;

/** Leaves out years that would be written over one another. */
function apart<Year extends { readonly share: number }>(years: readonly Year[]): readonly Year[] {
  let last = -1;
  return years.filter(({ share }) => {
    if (share - last < LEAST) return false;
    last = share;
    return true;
  });
}
