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
}

/** What became of one attempt; `holds` says that every other file would fare the same now. */
export type Outcome = Taken | Refused | Away;

interface Taken {
  readonly became: "added" | "known";
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

export type Send = (file: File, told: (sent: number) => void, signal: AbortSignal) => Promise<Outcome>;

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

/** Files on their way at once. */
const AT_ONCE = 3;

/** Attempts of a file while the server is away, and the longest time between two, milliseconds. */
const ATTEMPTS = 6;
const LONGEST_PAUSE = 15_000;

/** Time between two redraws, milliseconds: progress comes far more often than anybody reads it. */
const BEAT = 120;

const none: Record<State, number> = { waiting: 0, sending: 0, trying: 0, added: 0, known: 0, refused: 0, cancelled: 0 };

const isOpen = (state: State) => state === "waiting" || state === "sending" || state === "trying";

const isOut = (state: State) => state === "refused" || state === "cancelled";

export const isRunning = ({ counts, held }: Totals): boolean =>
  counts.sending > 0 || (held === null && counts.waiting + counts.trying > 0);

/** Files that go to the server a few at a time. Every act costs the same however many there are, but for `stop`. */
export class Queue {
  readonly #send: Send;
  readonly #items: Item[] = [];
  readonly #next: number[] = [];
  readonly #running = new Map<number, AbortController>();
  readonly #attempts = new Map<number, number>();
  readonly #looking = new Set<() => void>();
  #first = 0;
  #latest = 0;
  #counts = { ...none };
  #bytes = 0;
  #sent = 0;
  #troubled: number[] = [];
  #held: string | null = null;
  #began = 0;
  #beat: ReturnType<typeof setTimeout> | undefined;
  #totals: Totals = this.#told(0);

  constructor(send: Send) {
    this.#send = send;
  }

  readonly totals = (): Totals => this.#totals;

  readonly subscribe = (look: () => void): (() => void) => {
    this.#looking.add(look);
    return () => void this.#looking.delete(look);
  };

  item(id: number): Item | undefined {
    return this.#items[id];
  }

  /** The file at a place among those that were refused, in that order. */
  troubled(place: number): Item | undefined {
    return this.#items[this.#troubled[place] ?? -1];
  }

  add(files: readonly File[]): void {
    if (!this.#isRunning()) this.#began = performance.now();
    for (const file of files) {
      this.#items.push({ id: this.#items.length, file, state: "waiting", sent: 0, why: "" });
      this.#next.push(this.#items.length - 1);
      this.#bytes += file.size;
    }
    this.#counts.waiting += files.length;
    this.#go();
  }

  cancel(id: number): void {
    const item = this.#items[id];
    if (item === undefined || !isOpen(item.state)) return;
    this.#put(id, { state: "cancelled", sent: 0 });
    this.#running.get(id)?.abort();
    this.#go();
  }

  /** Leaves out everything that is not there yet. */
  stop(): void {
    for (const { id, state } of this.#items) if (isOpen(state)) this.#put(id, { state: "cancelled", sent: 0 });
    for (const running of this.#running.values()) running.abort();
    this.#held = null;
    this.#go();
  }

  retry(id: number): void {
    const item = this.#items[id];
    if (item?.state !== "refused" && item?.state !== "cancelled") return;
    this.#put(id, { why: "" });
    this.#wait(id);
    this.goOn();
  }

  retryRefused(): void {
    const again = this.#troubled;
    this.#troubled = [];
    for (const id of again) if (this.#items[id]?.state === "refused") this.retry(id);
  }

  /** Sends on after what held it was put right. */
  goOn(): void {
    this.#held = null;
    this.#go();
  }

  /** Forgets all files, once none is on its way. */
  clear(): void {
    if (this.#isRunning()) return;
    this.#items.length = this.#next.length = 0;
    this.#attempts.clear();
    this.#first = this.#latest = this.#bytes = this.#sent = 0;
    this.#counts = { ...none };
    this.#troubled = [];
    this.#held = null;
    this.#changed();
  }

  #go(): void {
    while (this.#held === null && this.#running.size < AT_ONCE && this.#first < this.#next.length) {
      const id = this.#next[this.#first] ?? -1;
      this.#first += 1;
      if (this.#items[id]?.state === "waiting") void this.#attempt(id);
    }
    this.#changed();
  }

  async #attempt(id: number): Promise<void> {
    const item = this.#items[id];
    if (item === undefined) return;
    const stopper = new AbortController();
    this.#running.set(id, stopper);
    this.#latest = id;
    this.#put(id, { state: "sending" });
    const outcome = await this.#send(item.file, (sent) => this.#progress(id, sent), stopper.signal);
    this.#running.delete(id);
    if (this.#items[id]?.state === "sending") this.#settle(id, outcome);
    this.#go();
  }

  #settle(id: number, outcome: Outcome): void {
    if (!("why" in outcome)) {
      this.#put(id, { state: outcome.became, sent: this.#items[id]?.file.size ?? 0, why: "" });
    } else if (outcome.became === "away" && this.#tried(id) < ATTEMPTS) {
      this.#put(id, { state: "trying", sent: 0, why: outcome.why });
      setTimeout(() => this.#again(id), Math.min(outcome.after * 2 ** (this.#tried(id) - 1), LONGEST_PAUSE));
    } else if (outcome.became === "away" || outcome.holds) {
      this.#wait(id);
      this.#held = outcome.why;
    } else {
      this.#put(id, { state: "refused", sent: 0, why: outcome.why });
      if (!this.#troubled.includes(id)) this.#troubled.push(id);
    }
  }

  #wait(id: number): void {
    this.#attempts.delete(id);
    this.#put(id, { state: "waiting", sent: 0 });
    this.#next.push(id);
  }

  #isRunning(): boolean {
    return isRunning(this.#told(0));
  }

  #tried(id: number): number {
    return this.#attempts.get(id) ?? 0;
  }

  #again(id: number): void {
    if (this.#items[id]?.state !== "trying") return;
    this.#put(id, { state: "waiting" });
    this.#next.push(id);
    this.#go();
  }

  #progress(id: number, sent: number): void {
    if (this.#items[id]?.state !== "sending") return;
    this.#put(id, { sent: Math.min(sent, this.#items[id].file.size) });
    this.#changed();
  }

  #put(id: number, change: Partial<Pick<Item, "state" | "sent" | "why">>): void {
    const before = this.#items[id];
    if (before === undefined) return;
    const after = { ...before, ...change };
    this.#items[id] = after;
    this.#counts[before.state] -= 1;
    this.#counts[after.state] += 1;
    this.#sent += after.sent - before.sent;
    if (change.state === "sending") this.#attempts.set(id, this.#tried(id) + 1);
    // What is not to go out is no part of how far all of it is.
    this.#bytes += (isOut(before.state) ? before.file.size : 0) - (isOut(after.state) ? before.file.size : 0);
  }

  #told(version: number): Totals {
    return {
      counts: { ...this.#counts },
      files: this.#items.length,
      bytes: this.#bytes,
      sent: this.#sent,
      troubled: this.#troubled.length,
      latest: this.#latest,
      held: this.#held,
      seconds: (performance.now() - this.#began) / 1000,
      version,
    };
  }

  #changed(): void {
    this.#beat ??= setTimeout(() => {
      this.#beat = undefined;
      this.#totals = this.#told(this.#totals.version + 1);
      for (const look of this.#looking) look();
    }, BEAT);
  }
}
