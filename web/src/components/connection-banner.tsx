import { useEffect, useState } from "react";

import { text } from "../config/text";
import { useLiveJobs } from "../lib/use-jobs";
import "./live.css";

/** How long a connection may be lost before it is said, milliseconds: most breaks are shorter. */
const PATIENCE = 1500;

/** Says that the server does not answer and is asked again; goes away once it does. */
export function ConnectionBanner() {
  const { connection } = useLiveJobs();
  const lost = connection === "lost";
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(lost), lost ? PATIENCE : 0);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div className="connection" role="status">
      {shown ? <p>{text.work.lost}</p> : null}
    </div>
  );
}
