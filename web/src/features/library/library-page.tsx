import { Link } from "@tanstack/react-router";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { Grid } from "./grid";
import { useTimeline } from "./asked";
import "./library.css";

/** All pictures by date. */
export function LibraryPage() {
  const timeline = useTimeline();
  if (timeline.error) return <Wrong error={timeline.error} again={() => void timeline.refetch()} />;
  if (timeline.data === undefined) return <div className="blank library" aria-label={text.loading} />;
  if (timeline.data.count === 0)
    return (
      <div className="card stack nothing">
        <h1>{text.library.empty}</h1>
        <p>
          <Link to="/work">{text.pages.work}</Link>
        </p>
      </div>
    );
  return <Grid months={timeline.data.months} count={timeline.data.count} />;
}
