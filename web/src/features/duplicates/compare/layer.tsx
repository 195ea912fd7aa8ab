import { useState } from "react";

import { text } from "../../../config/text";
import { nameOf } from "../../../lib/format";
import type { GroupAsset } from "../asked";
import { css, type Matrix } from "../geometry";

/** Enlargement from which the finer picture is asked for. */
const FINER = 1.8;

interface Props {
  readonly asset: GroupAsset;
  /** From shares of the picture to pixels of the frame. */
  readonly matrix: Matrix;
  readonly scale: number;
  readonly isHidden?: boolean;
}

/**
 * One picture in its frame, first small, then large, then as fine as it is looked at.
 *
 * Every address names the content, and each is an element of its own: no picture ever stands for another.
 */
export function Layer({ asset, matrix, scale, isHidden = false }: Props) {
  const [there, setThere] = useState<ReadonlySet<number>>(new Set());
  const [failed, setFailed] = useState(false);
  const [isFine, setFine] = useState(scale > FINER);
  // What was looked at closely once stays fine.
  if (scale > FINER && !isFine) setFine(true);
  const base = `/api/v1/contents/${asset.sha256}`;
  const longest = Math.max(asset.width, asset.height);
  const sides = [0, 1600, ...(isFine && longest > 1600 ? [3200] : [])];
  const best = Math.max(-1, ...there);
  const name = nameOf(asset.path);
  return (
    <div className="layer" hidden={isHidden}>
      {best < 0 && !failed ? <p className="waiting small">{text.compare.loading(name)}</p> : null}
      {failed && best <= 0 ? <p className="waiting small">{text.compare.failed}</p> : null}
      {sides.map((side) => (
        <img
          key={side}
          src={side === 0 ? `${base}/thumbnail` : `${base}/picture?side=${side}`}
          alt={side === best || (best < 0 && side === 0) ? name : ""}
          draggable={false}
          decoding="async"
          // The unit square is drawn as 1000 pixels, so that browsers keep the sharpness of large pictures.
          style={{ transform: css(shrunk(matrix)), visibility: side === best ? "visible" : "hidden" }}
          onLoad={() => setThere((before) => new Set(before).add(side))}
          onError={() => setFailed(true)}
        />
      ))}
    </div>
  );
}

/** Side in pixels of an image's element; the style sheet has the same. */
const UNIT = 1000;

/** The matrix over an element of `UNIT` × `UNIT` pixels in place of the unit square. */
export const shrunk = (matrix: Matrix): Matrix => matrix.map((value, index) => (index % 3 === 2 ? value : value / UNIT));
