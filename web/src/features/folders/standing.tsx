import type { components } from "../../api/schema.gen";
import { WatchFolder } from "../../components/watch-folder";
import { text } from "../../config/text";
import { moment } from "../../lib/format";

const words = text.folders.state;

/** How a folder stands: whether it is there, who notices changes, and when it was looked through. */
export function Standing({ standing }: { readonly standing: components["schemas"]["FolderState"] }) {
  const { doubt, watched, scanned_at: scanned } = standing;
  return (
    <>
      <p className="row">
        <span className={doubt === null ? "badge good" : "badge bad"}>{doubt === null ? words.here : words.away}</span>
        <span className={watched === null ? "badge" : "badge good"}>
          {watched === null ? words.unwatched : words[watched.manner]}
        </span>
        <span className="small quiet">{scanned === null ? words.never : words.scanned(moment(scanned))}</span>
        {standing.missing > 0 ? <span className="small quiet">{words.missing(standing.missing)}</span> : null}
      </p>
      {doubt === null ? null : <p role="alert">{words.awayWhy(doubt)}</p>}
      {standing.root && !standing.uploads ? (
        <WatchFolder folder={standing.path} isWatched={watched !== null} />
      ) : null}
      {watched === null && doubt === null && !standing.root ? <p className="small quiet">{words.unwatchedHint}</p> : null}
      {watched?.why ? <p className="small quiet">{watched.why}</p> : null}
    </>
  );
}
