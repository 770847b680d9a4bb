import { beforeEach, expect, test } from "vitest";
import { Watching } from "../../../../src/edge/readers/watching.ts";
import type { AppendRequest } from "../../../../src/protocol/session/append-calls.ts";

let now = 0;
let asked: string[] = [];
let watchedUntil = 0;
let fails = false;
const sent: AppendRequest[] = [];
beforeEach(() => {
  [now, asked, watchedUntil, fails] = [1_000_000, [], 0, false];
  sent.length = 0;
});

const watching = (bound = true) =>
  new Watching({
    live: bound
      ? (publicKey) => ({
          watched: async () => {
            asked.push(publicKey);
            if (fails) throw new Error("away");
            return { watchedUntil };
          },
        })
      : undefined,
    now: () => now,
    log: () => {},
  });
const request = (project = "pk"): AppendRequest => ({ project, writer: "browser", actions: [] });

async function append(by: Watching, project?: string): Promise<number | undefined> {
  const calls = by.wrap({
    append: async (one) => {
      sent.push(one);
      return { results: [], pending: 0, sealed: 0 };
    },
  });
  await calls.append(request(project));
  await by.flush();
  return sent.at(-1)?.watchedUntil;
}

test("the hub is asked after a request, and at most every fifteen seconds however many come", async () => {
  const by = watching();
  for (let n = 0; n < 50; n += 1) expect(await append(by)).toBeUndefined();
  expect(asked).toEqual(["pk"]);
  now += 14_999;
  await append(by);
  expect(asked).toHaveLength(1);
  now += 1;
  await append(by);
  expect(asked).toHaveLength(2);
});

test("a day of a million turns, of three requests each, in a hundred isolates costs at most ten cents in calls", async () => {
  const isolates = Array.from({ length: 100 }, () => watching());
  const turns = 10_000;
  // A hundredth of the day, at the day's pace: each isolate has a turn every nine seconds, and asks with every other.
  const everyMs = (24 * 3_600_000) / 1_000_000;
  for (let n = 0; n < turns; n += 1) {
    const isolate = isolates[n % 100];
    for (let request = 0; request < 3; request += 1) if (isolate) await append(isolate);
    now += everyMs;
  }
  // A call of an object: $0.15 per million.
  const dollars = (asked.length / turns) * 0.15;
  expect(dollars).toBeLessThanOrEqual(0.1);
  expect(asked.length).toBeGreaterThan(turns / 3);
});

test("without requests nobody asks", async () => {
  const by = watching();
  now += 60_000;
  await by.flush();
  expect(asked).toEqual([]);
});

test("objects hear of a watcher with the next request, and not beyond what the hub said", async () => {
  const by = watching();
  watchedUntil = now + 30_000;
  expect(await append(by)).toBeUndefined();
  expect(await append(by)).toBe(1_030_000);
  expect(await append(by, "other")).toBeUndefined();
  fails = true;
  now += 29_999;
  expect(await append(by)).toBe(1_030_000);
  now += 1;
  expect(await append(by)).toBeUndefined();
});

test("a hub that does not answer is asked no more often, and nothing fails by it", async () => {
  const by = watching();
  fails = true;
  for (let n = 0; n < 5; n += 1) await append(by);
  expect(asked).toHaveLength(1);
});

test("who has just connected is known at once", async () => {
  const by = watching();
  by.seen("pk", now + 30_000);
  expect(await append(by)).toBe(1_030_000);
});

test("where no hub is bound, nothing is asked and nothing said", async () => {
  const by = watching(false);
  expect(await append(by)).toBeUndefined();
  expect(asked).toEqual([]);
});

test("a request's answer may say that somebody watches, as long as that is known", async () => {
  const by = watching();
  expect(by.isWatched("pk")).toBe(false);
  watchedUntil = now + 30_000;
  await append(by);
  expect([by.isWatched("pk"), by.isWatched("pk-other")]).toEqual([true, false]);
  now += 30_000;
  expect(by.isWatched("pk")).toBe(false);
});
