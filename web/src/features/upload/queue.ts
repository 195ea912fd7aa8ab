import { isOpen, isOut, isRunning, type Belonging, type Item, type Outcome, type Send, type State, type Totals } from "./item";

/** Files on their way at once. */
const AT_ONCE = 3;

/** Attempts of a file while the server is away, and the longest time between two, milliseconds. */
const ATTEMPTS = 6;
const LONGEST_PAUSE = 15_000;

/** Time between two redraws, milliseconds: progress comes far more often than anybody reads it. */
const BEAT = 120;

const none: Record<State, number> = { waiting: 0, sending: 0, trying: 0, added: 0, known: 0, refused: 0, cancelled: 0 };

/** Files that go to the server a few at a time. Every act costs the same however many there are, but for `stop`. */
export class Queue {
  readonly #send: Send;
  readonly #items: Item[] = [];
  readonly #belonging = new Map<number, number[]>();
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

  /** Takes files in; answers their ids, which are consecutive. */
  add(files: readonly File[]): readonly number[] {
    return this.#taken(files.map((file) => ({ file, of: null })));
  }

  /** Takes in what goes once its picture has come, and only then. */
  addBelonging(files: readonly Belonging[]): void {
    this.#taken(files);
  }

  cancel(id: number): void {
    const item = this.#items[id];
    if (item === undefined || !isOpen(item.state)) return;
    this.#put(id, { state: "cancelled", sent: 0 });
    this.#running.get(id)?.abort();
    this.#goOnWith(id);
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
    this.#belonging.clear();
    this.#first = this.#latest = this.#bytes = this.#sent = 0;
    this.#counts = { ...none };
    this.#troubled = [];
    this.#held = null;
    this.#changed();
  }

  #taken(files: readonly Belonging[]): readonly number[] {
    if (!this.#isRunning()) this.#began = performance.now();
    const ids = files.map(({ file, of }) => {
      const id = this.#items.length;
      this.#items.push({ id, file, state: "waiting", sent: 0, why: "", of, sha256: null });
      this.#bytes += file.size;
      return id;
    });
    this.#counts.waiting += files.length;
    for (const id of ids) this.#queue(id);
    this.#go();
    return ids;
  }

  /** Has a file sent in its turn; what belongs to a picture waits until it is known what became of that. */
  #queue(id: number): void {
    const picture = this.#items[this.#items[id]?.of ?? -1];
    if (picture !== undefined && isOpen(picture.state))
      this.#belonging.set(picture.id, [...(this.#belonging.get(picture.id) ?? []), id]);
    else this.#next.push(id);
  }

  /** Turns to what belongs to a picture, now that it is known what became of that. */
  #goOnWith(picture: number): void {
    const belonging = this.#belonging.get(picture) ?? [];
    this.#belonging.delete(picture);
    for (const id of belonging) if (this.#items[id]?.state === "waiting") this.#queue(id);
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
    const of = item.of === null ? null : (this.#items[item.of]?.sha256 ?? null);
    const outcome = await this.#send(item.file, (sent) => this.#progress(id, sent), stopper.signal, of);
    this.#running.delete(id);
    if (this.#items[id]?.state === "sending") this.#settle(id, outcome);
    if (!isOpen(this.#items[id]?.state ?? "cancelled")) this.#goOnWith(id);
    this.#go();
  }

  #settle(id: number, outcome: Outcome): void {
    if (!("why" in outcome)) {
      const sent = this.#items[id]?.file.size ?? 0;
      this.#put(id, { state: outcome.became, sent, why: "", sha256: outcome.sha256 });
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
    this.#queue(id);
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

  #put(id: number, change: Partial<Pick<Item, "state" | "sent" | "why" | "sha256">>): void {
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
