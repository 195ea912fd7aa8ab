/** How a stream of server-sent events stands. */
export type Connection = "connecting" | "live" | "lost";

/** Waits between attempts where the browser gave up, milliseconds; the last is kept to. */
const WAITS = [1000, 2000, 4000, 8000, 15_000] as const;

/** Silence after which a stream is held to be dead, milliseconds: the server says something every five seconds. */
const SILENCE = 17_000;

/** Hears a stream: each event of the names it was opened with, and how the connection stands. */
export interface Listener {
  readonly heard: (name: string, said: unknown) => void;
  readonly stands: (connection: Connection) => void;
}

/**
 * Follows a stream of server-sent events until what is returned is called.
 *
 * The browser connects again by itself when a stream breaks off; where it gives up, as it does when something between
 * answers in the server's place, it is tried again with longer and longer waits.
 */
export function listen(path: string, names: readonly string[], listener: Listener): () => void {
  let source: EventSource | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let silent: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  const again = () => {
    source?.close();
    clearTimeout(silent);
    listener.stands("lost");
    waiting = setTimeout(open, WAITS[Math.min(attempts, WAITS.length - 1)]);
    attempts += 1;
  };
  const alive = () => {
    clearTimeout(silent);
    silent = setTimeout(again, SILENCE);
  };
  const open = () => {
    const opened = new EventSource(path);
    source = opened;
    alive();
    opened.addEventListener("open", () => {
      attempts = 0;
      alive();
      listener.stands("live");
    });
    opened.addEventListener("error", () => {
      if (opened.readyState === EventSource.CLOSED) again();
      else listener.stands("lost");
    });
    opened.addEventListener("beat", alive);
    for (const name of names)
      opened.addEventListener(name, (event: MessageEvent<string>) => {
        alive();
        listener.heard(name, JSON.parse(event.data));
      });
  };
  listener.stands("connecting");
  open();
  return () => {
    clearTimeout(waiting);
    clearTimeout(silent);
    source?.close();
  };
}
