import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { text } from "../config/text";
import { useLiveJobs } from "../lib/use-jobs";
import "./live.css";

/** How long a connection may be lost before it is said, milliseconds: most breaks are shorter. */
const PATIENCE = 1500;

/** Says that the server does not answer and is asked again; once it does, what is shown is asked for anew. */
export function ConnectionBanner() {
  const { connection } = useLiveJobs();
  const lost = connection === "lost";
  const [shown, setShown] = useState(false);
  const wasLost = useRef(false);
  const client = useQueryClient();
  useEffect(() => {
    if (connection === "live" && wasLost.current) void client.invalidateQueries();
    if (connection !== "connecting") wasLost.current = lost;
  }, [client, connection, lost]);
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
