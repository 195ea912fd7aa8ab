/** What every stream tells of the job it follows. */
export interface JobState {
  readonly state: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly rate: number;
  readonly remaining_seconds: number | null;
}

/** Calls `told` with each state that a stream of server-sent events brings, until it ends; returns what stops it. */
export function follow(path: string, told: (state: JobState, ended: boolean) => void): () => void {
  // The browser connects again by itself when the server goes away, so a restart is survived.
  const source = new EventSource(path);
  const hear = (ended: boolean) => (event: MessageEvent<string>) => {
    told(JSON.parse(event.data) as JobState, ended);
    if (ended) source.close();
  };
  source.addEventListener("progress", hear(false));
  source.addEventListener("end", hear(true));
  return () => source.close();
}
