import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { isRunning, type Outcome, type Send } from "./item";
import { Queue } from "./queue";

const file = (name: string, size = 10) => new File([new Uint8Array(size)], name);

const files = (count: number) => Array.from({ length: count }, (_, number) => file(`${number}.jpg`));

const settled = () => vi.advanceTimersByTimeAsync(60_000);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers when it is told to, by the file's name. */
function server() {
  const waiting = new Map<string, (outcome: Outcome) => void>();
  let most = 0;
  const send: Send = (sent, _told, signal) =>
    new Promise((resolve) => {
      waiting.set(sent.name, resolve);
      most = Math.max(most, waiting.size);
      signal.addEventListener("abort", () => resolve({ became: "refused", why: "aborted", holds: false }));
    });
  const answer = (name: string, outcome: Outcome) => {
    waiting.get(name)?.(outcome);
    waiting.delete(name);
  };
  return { send, answer, waiting, most: () => most };
}

test("a few files go at a time, and all of them in the end", async () => {
  const { send, answer, waiting, most } = server();
  const queue = new Queue(send);
  queue.add(files(20));
  while (waiting.size > 0) {
    answer([...waiting.keys()][0] ?? "", { became: "added", sha256: "abc" });
    await vi.advanceTimersByTimeAsync(1);
  }
  await settled();
  expect(most()).toBe(3);
  expect(queue.totals()).toMatchObject({ files: 20, bytes: 200, sent: 200, counts: { added: 20, waiting: 0 } });
  expect(isRunning(queue.totals())).toBe(false);
});

test("what is refused says why, its neighbours go on, and it can be tried again alone", async () => {
  let sentence = "b.jpg is no picture.";
  const queue = new Queue((sent) =>
    Promise.resolve(
      sent.name === "b.jpg" && sentence !== ""
        ? { became: "refused", why: sentence, holds: false }
        : { became: "added", sha256: "abc" },
    ),
  );
  queue.add([file("a.jpg"), file("b.jpg"), file("c.jpg")]);
  await settled();
  expect(queue.totals()).toMatchObject({ counts: { added: 2, refused: 1 }, troubled: 1, bytes: 20, sent: 20 });
  expect(queue.troubled(0)).toMatchObject({ why: sentence, state: "refused" });
  sentence = "";
  queue.retryRefused();
  await settled();
  expect(queue.totals()).toMatchObject({ counts: { added: 3, refused: 0 }, troubled: 0, bytes: 30, sent: 30 });
});

test("a server that is away is tried again by itself, and in the end the queue waits for a person", async () => {
  let away = true;
  let attempts = 0;
  const queue = new Queue(() => {
    attempts += 1;
    return Promise.resolve(away ? { became: "away", why: "Away.", after: 1000 } : { became: "added", sha256: "abc" });
  });
  queue.add([file("a.jpg")]);
  await vi.advanceTimersByTimeAsync(500);
  expect(queue.totals().counts.trying).toBe(1);
  await settled();
  expect(attempts).toBe(6);
  expect(queue.totals()).toMatchObject({ held: "Away.", counts: { waiting: 1 } });
  expect(isRunning(queue.totals())).toBe(false);
  away = false;
  queue.goOn();
  await settled();
  expect(queue.totals()).toMatchObject({ held: null, counts: { added: 1 } });
});

test("a full disk stops the others before they are sent for nothing", async () => {
  let sent = 0;
  const queue = new Queue(() => {
    sent += 1;
    return Promise.resolve({ became: "refused", why: "The disk is full.", holds: true });
  });
  queue.add(files(100));
  await settled();
  expect(sent).toBe(3);
  expect(queue.totals()).toMatchObject({ held: "The disk is full.", counts: { waiting: 100, refused: 0 } });
});

test("a file that is left out is not counted, and stopping leaves out the rest", async () => {
  const { send, answer } = server();
  const queue = new Queue(send);
  queue.add(files(10));
  queue.cancel(9);
  answer("0.jpg", { became: "added", sha256: "abc" });
  await vi.advanceTimersByTimeAsync(200);
  expect(queue.totals()).toMatchObject({ bytes: 90, counts: { added: 1, cancelled: 1 } });
  queue.stop();
  await settled();
  expect(queue.totals()).toMatchObject({ bytes: 10, sent: 10, counts: { added: 1, cancelled: 9, sending: 0 } });
  queue.clear();
  await settled();
  expect(queue.totals().files).toBe(0);
});

test("a hundred thousand files cost a redraw per beat, not per event", async () => {
  const queue = new Queue((sent, told) => {
    for (let part = 1; part <= 5; part += 1) told(part * 2);
    return Promise.resolve({ became: sent.size > 0 ? "added" : "known", sha256: "abc" });
  });
  let redraws = 0;
  queue.subscribe(() => void (redraws += 1));
  queue.add(files(5000));
  await settled();
  expect(queue.totals().counts.added).toBe(5000);
  expect(redraws).toBeLessThan(20);
});

test("what belongs to a picture goes after it, with the name of its content", async () => {
  const sent: [string, string | null][] = [];
  const queue = new Queue((item, _told, _signal, of) => {
    sent.push([item.name, of]);
    return Promise.resolve({ became: "added", sha256: `content of ${item.name}` });
  });
  const [first] = queue.add([file("a.jpg"), file("b.jpg"), file("c.jpg"), file("d.jpg")]);
  queue.addBelonging([{ file: file("a.xmp"), of: first ?? -1 }]);
  await settled();
  expect(sent.at(-1)).toEqual(["a.xmp", "content of a.jpg"]);
  expect(queue.totals().counts).toMatchObject({ added: 5, waiting: 0 });
});

test("what belongs to a picture that was not taken is told so, and follows when that is tried again", async () => {
  let isTaken = false;
  const queue = new Queue((item, _told, _signal, of) =>
    Promise.resolve(
      item.name === "a.xmp" ? (of === null ? refusal : { became: "added", sha256: "words" })
      : isTaken ? { became: "added", sha256: "picture" } : refusal,
    ),
  );
  const [picture] = queue.add([file("a.jpg")]);
  queue.addBelonging([{ file: file("a.xmp"), of: picture ?? -1 }]);
  await settled();
  expect(queue.totals().counts).toMatchObject({ refused: 2 });
  isTaken = true;
  queue.retryRefused();
  await settled();
  expect(queue.totals().counts).toMatchObject({ added: 2, refused: 0 });
});

const refusal: Outcome = { became: "refused", why: "No.", holds: false };
