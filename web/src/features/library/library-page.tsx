import { useSearch } from "@tanstack/react-router";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useTimeline } from "./asked";
import { Empty } from "./empty";
import { Library } from "./library";
import "./library.css";

/** All pictures by date, or those of one folder. */
export function LibraryPage() {
  const folder = useSearch({ from: "/library", select: (search) => search.folder });
  const timeline = useTimeline(folder);
  if (timeline.data !== undefined && timeline.data.count > 0)
    return <Library key={folder} months={timeline.data.months} count={timeline.data.count} folder={folder} />;
  if (timeline.error) return <Wrong error={timeline.error} again={() => void timeline.refetch()} />;
  if (timeline.data === undefined) return <div className="blank library" role="status" aria-label={text.loading} />;
  return <Empty folder={folder} />;
}
