import { useId, useMemo, useState } from "react";
import atlas from "world-atlas/countries-110m.json";

import { text } from "../../../config/text";
import { pathsOf, type Topology } from "./topology";

interface Props {
  readonly latitude: number;
  readonly longitude: number;
  readonly name: string;
}

/** Degrees from north to south in the closer view. */
const CLOSER = 32;

/** The whole world without the ice: left, top, width and height in degrees. */
const WHOLE = [-180, -84, 360, 144] as const;

/** The world from Natural Earth with a mark: it lies on this server, and nobody hears where one looked. */
export function World({ latitude, longitude, name }: Props) {
  const [whole, setWhole] = useState(false);
  const drawn = useId();
  const { land, borders } = useMemo(() => pathsOf(atlas as unknown as Topology), []);
  const [left, top, width, height] = whole ? WHOLE : around(latitude, longitude);
  const place = { left: `${((longitude - left) / width) * 100}%`, top: `${((-latitude - top) / height) * 100}%` };
  return (
    <div className="world">
      <svg
        viewBox={`${left} ${top} ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.viewer.world(name)}
      >
        <g id={drawn}>
          <path className="land" d={land} />
          <path className="borders" d={borders} />
        </g>
        <use href={`#${drawn}`} x={-360} />
        <use href={`#${drawn}`} x={360} />
      </svg>
      <span className="mark" style={place} />
      <button type="button" className="button" aria-pressed={whole} onClick={() => setWhole(!whole)}>
        {whole ? text.viewer.closerMap : text.viewer.wholeWorld}
      </button>
    </div>
  );
}

/** A view twice as wide as high around a place; degrees of longitude are narrower far from the equator. */
function around(latitude: number, longitude: number): readonly [number, number, number, number] {
  const width = (CLOSER * 2) / Math.max(0.2, Math.cos((latitude * Math.PI) / 180));
  return [longitude - width / 2, -latitude - CLOSER / 2, width, CLOSER];
}
