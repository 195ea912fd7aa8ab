import { text } from "../../config/text";
import { bytes, day, nameOf, folderOf } from "../../lib/format";
import { placeholderUrl } from "../../lib/placeholder";
import { useBeside, type GroupAsset } from "./asked";
import { DifferenceList } from "./difference-list";
import { differences } from "./differences";

const words = text.review;

/** Files of a group that are compared with the kept one at once; the others when somebody looks closer. */
const COMPARED = 6;

interface Props {
  readonly number: number;
  readonly asset: GroupAsset;
  readonly kept: GroupAsset;
  readonly stays: boolean;
  readonly isProtected: boolean;
  readonly isCurrent: boolean;
  readonly isFixed: boolean;
  readonly onKeep: () => void;
  readonly onMark: () => void;
  readonly onCompare: () => void;
}

/** A file of a group: what it shows, where it lies, how it differs from the kept one, and whether it stays. */
export function MemberCard(props: Props) {
  const { number, asset, kept, stays, isProtected, isCurrent, isFixed, onKeep, onMark, onCompare } = props;
  const isAltered = !["bytes", "pixels"].includes(asset.tier);
  const beside = useBeside(kept.sha256, asset.sha256, isAltered && number <= COMPARED);
  const name = nameOf(asset.path);
  const picture = `/api/v1/contents/${asset.sha256}`;
  return (
    <li className={`member ${stays ? "stays" : "goes"}${isCurrent ? " current" : ""}`}>
      <button type="button" className="look" onClick={onCompare} aria-label={words.look(number, name)}>
        <img
          key={asset.sha256}
          src={`${picture}/thumbnail`}
          srcSet={`${picture}/thumbnail 384w, ${picture}/picture?side=800 800w`}
          sizes="(min-width: 60rem) 22rem, 90vw"
          alt={name}
          style={waiting(asset)}
          // The box is larger than the picture: what stood for it must not look out beside it.
          onLoad={(event) => (event.currentTarget.style.backgroundImage = "")}
          decoding="async"
          draggable={false}
        />
        <span className="number" aria-hidden="true">
          {number}
        </span>
      </button>
      {isFixed ? null : (
        <div className="row apart small">
          <label className="row mark">
            <input type="checkbox" checked={stays} onChange={onMark} aria-label={words.mark(name)} />
            <span className={stays ? "good" : "bad"}>{stays ? words.stays : words.goes}</span>
          </label>
          <button type="button" className="button plain" onClick={onKeep} aria-label={words.keep(number)}>
            {words.keepLabel}
          </button>
        </div>
      )}
      <div className="small facts">
        <strong className="wrap">{name}</strong>
        <span className="quiet wrap">{folderOf(asset.path)}</span>
        <span>
          {asset.width} × {asset.height} · {asset.format} · {bytes(asset.bytes)}
        </span>
        {asset.taken_at === null ? null : <span>{day(asset.taken_at)}</span>}
        {isProtected ? <span className="badge good">{words.protected}</span> : null}
        {asset.path === kept.path ? null : <DifferenceList found={differences(kept, asset, beside.data)} />}
      </div>
    </li>
  );
}

/** What stands in the picture's place while it comes: its own colours. */
function waiting({ placeholder }: GroupAsset) {
  const url = placeholderUrl(placeholder);
  return url === null ? {} : { backgroundImage: `url(${url})` };
}
