import { useSearch } from "@tanstack/react-router";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { useTimeline } from "./asked";
import { Empty } from "./empty";
import { Library } from "./library";
import { useDensity } from "./use-density";
import { Waiting } from "./waiting";
import "./library.css";

/** All pictures by date, or those of one folder. */
export function LibraryPage() {
  const folder = useSearch({ from: "/library", select: (search) => search.folder });
  const timeline = useTimeline(folder);
  if (timeline.data !== undefined && timeline.data.count > 0)
    return <Library key={folder} months={timeline.data.months} count={timeline.data.count} folder={folder} />;
  if (timeline.error) return <Wrong error={timeline.error} again={() => void timeline.refetch()} />;
  if (timeline.data === undefined) return <Coming folder={folder} />;
  return <Empty folder={folder} />;
}

/** Stands where the library will be, with its own bar and rows, so that little moves when it comes. */
function Coming({ folder }: { readonly folder: string | undefined }) {
  const { wantedAt } = useDensity();
  return (
    <div className="library" aria-busy="true">
      <div className="library-bar">
        <h1>{folder === undefined ? text.library.title : nameOf(folder)}</h1>
      </div>
      <div className="grid-room">
        <div className="coming" role="status">
          <Waiting top={0} wanted={wantedAt(window.innerWidth)} />
        </div>
      </div>
    </div>
  );
}
