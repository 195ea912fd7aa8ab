/** Words of the page of work. */
export const work = {
  title: "Work",
  none: "Nothing is being done, and nothing was done lately.",
  folders: "Folders",
  update: "Bring up to date",
  older: "Show older work",
  refused: "refused",
  items: "files",
  kinds: {
    scan: "Scan",
    ingest: "Ingestion",
    review: "Search for duplicates",
    map: "Map",
    reindex: "Another model",
  } as Readonly<Record<string, string>>,
  states: {
    queued: "Waiting",
    running: "Running",
    paused: "Paused",
    succeeded: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  acts: { cancel: "Cancel", pause: "Pause", resume: "Go on", retry: "Try the rest again" },
  remaining: (time: string) => `${time} left`,
  rate: (rate: string) => `${rate} a second`,
} as const;
