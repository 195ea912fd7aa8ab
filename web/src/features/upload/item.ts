/** How a file stands; `trying` waits for another attempt by itself. */
export type State = "waiting" | "sending" | "trying" | "added" | "known" | "refused" | "cancelled";

export interface Item {
  readonly id: number;
  readonly file: File;
  readonly state: State;
  /** Bytes that went out. */
  readonly sent: number;
  /** Why it is not there, a sentence. */
  readonly why: string;
  /** The picture that it belongs to, which goes before it. */
  readonly of: number | null;
  /** What the server calls its content, once that is there. */
  readonly sha256: string | null;
}

/** A file that belongs to a picture of the queue; null where its picture was not given. */
export interface Belonging {
  readonly file: File;
  readonly of: number | null;
}

/** What became of one attempt; `holds` says that every other file would fare the same now. */
export type Outcome = Taken | Refused | Away;

interface Taken {
  readonly became: "added" | "known";
  readonly sha256: string;
}

interface Refused {
  readonly became: "refused";
  readonly why: string;
  readonly holds: boolean;
}

interface Away {
  readonly became: "away";
  readonly why: string;
  /** Pause before the next attempt, milliseconds. */
  readonly after: number;
}

/** Sends a file; `of` is the content of the picture that it belongs to, null where that is not there. */
export type Send = (
  file: File,
  told: (sent: number) => void,
  signal: AbortSignal,
  of: string | null,
) => Promise<Outcome>;

/** All files together, counted as they change and never gone through. */
export interface Totals {
  readonly counts: Readonly<Record<State, number>>;
  readonly files: number;
  readonly bytes: number;
  readonly sent: number;
  /** How many were refused at some time; `Queue.troubled` names them. */
  readonly troubled: number;
  /** The file that was begun last. */
  readonly latest: number;
  /** Why nothing more is sent, a sentence; null while it goes on. */
  readonly held: string | null;
  /** Since it began to be sent. */
  readonly seconds: number;
  readonly version: number;
}

export const isOpen = (state: State) => state === "waiting" || state === "sending" || state === "trying";

export const isOut = (state: State) => state === "refused" || state === "cancelled";

export const isRunning = ({ counts, held }: Totals): boolean =>
  counts.sending > 0 || (held === null && counts.waiting + counts.trying > 0);
