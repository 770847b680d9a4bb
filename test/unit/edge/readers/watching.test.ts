import { beforeEach, expect, test } from "vitest";
import { Watching } from "../../../../src/edge/readers/watching.ts";
import type { Action, Change } from "../../../../src/protocol/change.ts";
import type { AppendRequest } from "../../../../src/protocol/session/append-calls.ts";

let now = 0;
let asked: string[] = [];
let watchedUntil = 0;
let fails = false;
const sent: AppendRequest[] = [];
let told: number[] = [];
/** Objects of a version that knows of no such call. */
let isOld = false;
let logs: string[] = [];
beforeEach(() => {
  [isOld, logs] = [false, []];
  [now, asked, watchedUntil, fails, told] = [1_000_000, [], 0, false, []];
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
    log: (level, event) => void logs.push(`${level} ${event}`),
  });

const action = (change: Partial<Change>): Action => ({
  change: { kind: "change", op: "update", trace: "t", target: "o", ...change },
});
/** The requests of a turn: its beginning, a sign of life, its end. */
const BEGIN = [action({ op: "create", target: "root", root: true }), action({ op: "create" })];
const GO_ON = [action({})];
const END = [action({ op: "end" }), action({ op: "end", target: "root", root: true })];
const spans = (parentId?: string): AppendRequest["spans"] => ({
  items: [
    {
      traceId: "t",
      id: "s",
      name: "n",
      startTime: 1,
      span: "{}",
      origin: "o",
      ...(parentId !== undefined && { parentId }),
    },
  ],
  origins: {},
});

interface More {
  project?: string;
  spans?: AppendRequest["spans"];
}

/** @returns what its object was told with it */
async function append(
  by: Watching,
  actions: Action[] = BEGIN,
  { project = "pk", spans: complete }: More = {},
): Promise<number | undefined> {
  const calls = by.wrap({
    append: async (one) => {
      sent.push(one);
      return { results: [], pending: 0, sealed: 0 };
    },
    watched: async (until) => {
      if (isOld) throw new TypeError("no such method");
      told.push(until);
    },
  });
  const more = complete === undefined ? {} : { spans: complete };
  await calls.append({ project, writer: "browser", actions, ...more });
  await by.flush();
  return sent.at(-1)?.watchedUntil;
}

test("the hub is asked after a turn began, and at most every fifteen seconds however many do", async () => {
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

test("with nobody watching a turn is worth one call at most, however long it is and whoever has its requests", async () => {
  for (const isolates of [1, 2, 5]) {
    asked = [];
    const all = Array.from({ length: isolates }, () => watching());
    let n = 0;
    const next = async (actions: Action[]): Promise<void> => {
      const isolate = all[(n += 1) % isolates];
      if (isolate) await append(isolate, actions);
    };
    for (let turn = 0; turn < 20; turn += 1) {
      await next(BEGIN);
      for (let request = 0; request < 30; request += 1) {
        now += 20_000;
        await next(GO_ON);
      }
      now += 20_000;
      await next(END);
    }
    // Of a turn that began just after the hub was asked, the next request may ask.
    expect(asked.length).toBeLessThanOrEqual(20);
    expect(asked.length).toBeGreaterThanOrEqual(19);
  }
});

test("a turn that began when it was known that nobody watches is looked after with a later request", async () => {
  const by = watching();
  await append(by);
  now += 5_000;
  await append(by);
  watchedUntil = now + 60_000;
  now += 10_000;
  await append(by, GO_ON);
  expect([asked.length, told]).toEqual([2, [watchedUntil]]);
  expect(await append(by, GO_ON)).toBe(watchedUntil);
});

test("a backend's spans ask where one of them begins a trace", async () => {
  const by = watching();
  await append(by, [], { spans: spans("0123456789abcdef") });
  expect(asked).toEqual([]);
  await append(by, [], { spans: spans() });
  expect(asked).toEqual(["pk"]);
});

test("a day of a million turns, of three requests each, in a hundred isolates costs at most ten cents in calls", async () => {
  const isolates = Array.from({ length: 100 }, () => watching());
  const turns = 10_000;
  // A hundredth of the day, at the day's pace: each isolate has a turn every nine seconds, and asks with every other.
  const everyMs = (24 * 3_600_000) / 1_000_000;
  for (let n = 0; n < turns; n += 1) {
    const isolate = isolates[n % 100];
    for (const actions of [BEGIN, GO_ON, END]) if (isolate) await append(isolate, actions);
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

test("objects hear of a watcher once it is known, by the next request, and not beyond what the hub said", async () => {
  const by = watching();
  watchedUntil = now + 30_000;
  expect(await append(by)).toBeUndefined();
  expect(told).toEqual([1_030_000]);
  expect(await append(by)).toBe(1_030_000);
  expect(told).toHaveLength(1);
  expect(await append(by, BEGIN, { project: "other" })).toBeUndefined();
  fails = true;
  now += 29_999;
  expect(await append(by)).toBe(1_030_000);
  now += 1;
  expect(await append(by)).toBeUndefined();
});

test("an object of an earlier version hears of it with its next request", async () => {
  isOld = true;
  const by = watching();
  watchedUntil = now + 30_000;
  await append(by);
  expect(logs).toEqual(["debug live_untold"]);
  expect(await append(by, GO_ON)).toBe(watchedUntil);
});

test("while somebody watches, any request asks: an end must be seen, too", async () => {
  const by = watching();
  watchedUntil = now + 30_000;
  await append(by);
  now += 40_000;
  watchedUntil = now + 30_000;
  expect(await append(by, END)).toBeUndefined();
  expect([asked.length, told]).toEqual([2, [1_030_000, 1_070_000]]);
  // Once nobody does, it is as before.
  watchedUntil = 0;
  now += 40_000;
  await append(by, GO_ON);
  expect(asked).toHaveLength(3);
  now += 40_000;
  await append(by, GO_ON);
  expect(asked).toHaveLength(3);
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
  expect(await append(by, GO_ON)).toBe(1_030_000);
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
