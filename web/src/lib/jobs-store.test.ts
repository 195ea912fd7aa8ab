import { beforeEach, expect, test, vi } from "vitest";

import type { Listener } from "../api/events";
import { jobsStore, type Job } from "./jobs-store";

const job = (id: string, state: Job["state"], done = 0) => ({ id, state, done, kind: "ingest" }) as unknown as Job;

let stream: Listener | null;
let opened: number;
const ask = vi.fn((name: string) => Promise.resolve(job(name, "succeeded")));
const connect = (_path: string, _names: readonly string[], listener: Listener) => {
  stream = listener;
  opened += 1;
  return () => {
    stream = null;
  };
};

beforeEach(() => {
  stream = null;
  opened = 0;
  ask.mockClear();
  vi.useFakeTimers();
});

test("one stream serves all that look, and is closed a while after the last", () => {
  const store = jobsStore(connect, ask);
  const stops = [store.subscribe(() => undefined), store.subscribe(() => undefined), store.ended(() => undefined)];
  expect(opened).toBe(1);
  for (const stop of stops) stop();
  expect(stream).not.toBeNull();
  vi.advanceTimersByTime(5000);
  expect(stream).toBeNull();
});

test("jobs are known as they change, and their end is told once", () => {
  const store = jobsStore(connect, ask);
  const ended: string[] = [];
  store.ended((each) => ended.push(each.id));
  stream?.heard("jobs", { jobs: [job("a", "running")] });
  stream?.heard("progress", job("a", "running", 7));
  expect(store.get().jobs.get("a")?.done).toBe(7);
  stream?.heard("end", job("a", "succeeded"));
  stream?.heard("end", job("old", "failed"));
  expect(ended).toEqual(["a"]);
});

test("a job that ended while the connection was lost is asked for when it is back", async () => {
  const store = jobsStore(connect, ask);
  const ended: string[] = [];
  store.ended((each) => ended.push(each.id));
  stream?.heard("jobs", { jobs: [job("a", "running"), job("b", "running")] });
  stream?.stands("lost");
  expect(store.get().connection).toBe("lost");
  stream?.heard("jobs", { jobs: [job("b", "running")] });
  await vi.runAllTimersAsync();
  expect(ask).toHaveBeenCalledExactlyOnceWith("a");
  expect(ended).toEqual(["a"]);
  expect(store.get().jobs.get("b")?.state).toBe("running");
});

test("it is live once the open jobs were heard, so that what is asked for then misses none that ended before", () => {
  const store = jobsStore(connect, ask);
  store.subscribe(() => undefined);
  stream?.stands("live");
  expect(store.get().connection).toBe("connecting");
  stream?.heard("jobs", { jobs: [] });
  expect(store.get().connection).toBe("live");
  stream?.stands("lost");
  expect(store.get().connection).toBe("lost");
});
