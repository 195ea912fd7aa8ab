import { text } from "../../config/text";
import { day, nameOf } from "../../lib/format";
import type { About } from "./asked";
import type { Near } from "./near";
import type { MapPicture, PicturesStore } from "./pictures";
import { toWindow, type Place, type Size, type View } from "./view";

interface PicturesProps {
  readonly near: readonly Near[];
  readonly assets: Float64Array;
  readonly hues: Uint8Array;
  readonly lit: Uint8Array | null;
  readonly get: PicturesStore["get"];
}

/** Pictures in place of their points, framed in the points' colours; the list beside the map says the same. */
export function NearPictures({ near, assets, hues, lit, get }: PicturesProps) {
  return (
    <div className="near" aria-hidden="true">
      {near.map(({ row, x, y, side }) => {
        const picture = get(assets[row] ?? -1);
        if (picture === null) return null;
        const faint = lit !== null && lit[row] !== 1;
        return (
          <span
            key={row}
            className={`near-picture hue-${hues[row] ?? 0}${faint ? " faint" : ""}${picture === undefined ? " blank" : ""}`}
            style={{ width: side, height: side, transform: `translate(${x - side / 2}px, ${y - side / 2}px)` }}
          >
            {picture === undefined ? null : (
              <img src={`/api/v1/contents/${picture.sha256}/thumbnail`} alt="" decoding="async" draggable={false} />
            )}
          </span>
        );
      })}
    </div>
  );
}

/** Pixels that a name takes, about: of a letter, of the rest, and down. */
const LETTER = 7.5;
const EDGES = 24;
const DOWN = 34;

interface NamesProps {
  readonly regions: About["regions"];
  readonly view: View;
  readonly size: Size;
  readonly onChoose: (region: number) => void;
}

/** Words of the regions where they lie, the largest first; those that would cover another are left out. */
export function RegionNames({ regions, view, size, onChoose }: NamesProps) {
  const taken: { x: number; y: number; half: number }[] = [];
  return regions.map((region, number) => {
    const words = region.words.join(", ");
    const { x, y } = toWindow(view, size, region);
    const half = (words.length * LETTER + EDGES) / 2;
    const hidden = taken.some((other) => Math.abs(other.y - y) < DOWN && Math.abs(other.x - x) < other.half + half);
    if (words === "" || hidden || x < half || x > size.width - half || y < DOWN || y > size.height - DOWN) return null;
    taken.push({ x, y, half });
    return (
      <button
        key={number}
        type="button"
        className="region-name"
        style={{ transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` }}
        onClick={() => onChoose(number)}
      >
        {words}
      </button>
    );
  });
}

interface HoverProps {
  readonly at: Place;
  readonly size: Size;
  readonly picture: MapPicture | null | undefined;
}

/** Side of the picture that is shown beside the pointer, pixels; the style sheet has the same. */
const SHOWN = 200;

/** The picture of the point under the pointer, on the side of it where there is room. */
export function Hovered({ at, size, picture }: HoverProps) {
  const x = at.x + SHOWN + 24 > size.width ? at.x - SHOWN - 14 : at.x + 14;
  const y = Math.min(Math.max(8, at.y - SHOWN / 2), Math.max(8, size.height - SHOWN - 60));
  return (
    <div className="hovered card" aria-hidden="true" style={{ transform: `translate(${x}px, ${y}px)` }}>
      {picture === undefined ? (
        <div className="blank" />
      ) : picture === null ? (
        <p className="small">{text.map.gone}</p>
      ) : (
        <>
          <img src={`/api/v1/contents/${picture.sha256}/thumbnail`} alt="" />
          <p className="small">{nameOf(picture.path)}</p>
          {picture.taken_at === null ? null : <p className="small quiet">{day(picture.taken_at)}</p>}
        </>
      )}
    </div>
  );
}

/** The shape that is being drawn. */
export function Outline({ outline }: { readonly outline: readonly Place[] }) {
  return (
    <svg className="outline" aria-hidden="true">
      <polygon points={outline.map(({ x, y }) => `${x},${y}`).join(" ")} />
    </svg>
  );
}
