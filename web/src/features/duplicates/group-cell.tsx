import { memo } from "react";

import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { bytes, nameOf } from "../../lib/format";
import type { Group, Tier } from "./asked";
import { decidedOf } from "./decided";
import type { Outcome } from "./use-decisions";
import type { Mode } from "./view";

const words = text.review;

/** Thumbnails of a group that its cell has room for. */
const SHOWN = { list: 2, overview: 4 } as const;

interface Props {
  readonly index: number;
  readonly total: number;
  readonly mode: Mode;
  readonly group: Group | undefined;
  readonly outcome: Outcome | undefined;
  readonly isSelected: boolean;
  /** Where it lies, pixels from the upper edge of what is drawn and shares of the width. */
  readonly top: number;
  readonly height: number;
  readonly column: number;
  readonly columns: number;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (index: number) => void;
}

/** A group in a list: some of its pictures, how many files, what can be won, and whether it is decided. */
export const GroupCell = memo(function GroupCell(props: Props) {
  const { index, total, mode, group, outcome, isSelected, top, height, column, columns, onSelect, onOpen } = props;
  const { is, says } = decidedOf(group, outcome);
  return (
    <div
      id={`group-${index}`}
      className={is === null ? "group-cell" : `group-cell ${is}`}
      role="option"
      aria-selected={isSelected}
      aria-setsize={total}
      aria-posinset={index + 1}
      style={{
        top: `${top}px`,
        height: `${height}px`,
        left: `${(column * 100) / columns}%`,
        width: `${100 / columns}%`,
      }}
      onClick={() => onSelect(index)}
      onDoubleClick={() => onOpen(index)}
    >
      {group === undefined ? (
        <span className="blank">{text.loading}</span>
      ) : (
        <>
          <span className="pictures">
            {group.assets.slice(0, SHOWN[mode]).map((asset) => (
              <Thumbnail key={asset.path} sha256={asset.sha256} alt="" eager />
            ))}
          </span>
          <span className="about small">
            <strong className="clipped">{group.keep === "" ? words.gone : nameOf(group.keep)}</strong>
            <span className="clipped quiet">{words.row(group.assets.length, bytes(group.reclaimable_bytes))}</span>
            <span className={is === "failed" ? "clipped bad" : is === null ? "clipped quiet" : "clipped good"}>
              {is === null ? text.tiers[group.tier as Tier][0] : says}
            </span>
          </span>
        </>
      )}
    </div>
  );
});
