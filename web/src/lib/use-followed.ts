import { useEffect, useState } from "react";

import { follow, type JobState } from "../api/events";

interface Followed {
  readonly state: JobState | null;
  readonly ended: boolean;
}

/** The newest state that a stream of events told, and whether it ended; nothing is followed without a path. */
export function useFollowed(path: string | null): Followed {
  const [told, setTold] = useState<Followed>({ state: null, ended: false });
  useEffect(() => {
    if (path === null) return undefined;
    return follow(path, (state, ended) => setTold({ state, ended }));
  }, [path]);
  return told;
}
