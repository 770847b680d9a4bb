// What a session tells of its turns, and how often, against a hub in the test's hands.
import { expect, test } from "vitest";
import type { Action, Change, ScoreChange } from "../../../../src/protocol/change.ts";
import { rootObservationId } from "../../../../src/protocol/ids.ts";
import type { LiveTurn } from "../../../../src/protocol/live.ts";
import { mergeTurn } from "../../../../src/protocol/live/merge.ts";
import type { TellAnswer } from "../../../../src/protocol/live/calls.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { LiveTeller } from "../../../../src/session/live/live-teller.ts";
import { emptyState } from "../../../../src/session/state.ts";
import { readSettings } from "../../../../src/settings/index.ts";

const START = 1_750_000_000_000;
const TRACE = "0123456789abcdef0123456789abcdef";
const ROOT = rootObservationId(TRACE);
const SPAN = "00000000000000aa";

const change = (op: Change["op"], target: string, more: Partial<Change> = {}): Change => ({
  kind: "change",
  op,
  trace: TRACE,
  target,
  ...(target === ROOT && { root: true as const }),
  ...more,
});
const begin = change("create", ROOT, {
  fields: { input: "a question", startTime: START },
  traceFields: { name: "Bot", sessionId: "chat", userId: "ada" },
  metadata: [
    ["experiment_tone", "friendly"],
    ["source", "frontend-click"],
  ],
  tags: ["tone:friendly"],
});
const stream = change("create", SPAN, {
  type: "generation",
  fields: { name: "streaming-response", model: "gpt-5", input: "a question" },
});

function scene({
  content = false,
  state = emptyState("pk", readSettings({}).assembly),
  notedAt = 0,
  clientId = "tab",
} = {}) {
  const told: { turns: LiveTurn[]; skipped: number; answer: (answer: TellAnswer) => void }[] = [];
  const failing = { now: false };
  const waiting: Promise<unknown>[] = [];
  const clock = { now: START };
  const gathering: { ms: number; end: () => void }[] = [];
  const gathered = async (): Promise<void> => {
    for (const { ms, end } of gathering.splice(0)) {
      clock.now += ms;
      end();
    }
    await new Promise((done) => setImmediate(done));
  };
  const notes = { at: notedAt, rows: 0 };
  const teller = new LiveTeller({
    noted: () => notes.at,
    note: (at) => {
      notes.at = at;
      notes.rows += 1;
    },
    hub: () => ({
      tell: async (turns, skipped) => {
        if (failing.now) throw new Error("overloaded");
        return new Promise((answer) => told.push({ turns, skipped, answer }));
      },
    }),
    waitUntil: (promise) => waiting.push(promise),
    now: () => clock.now,
    wait: (ms, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (signal === undefined) gathering.push({ ms, end: resolve });
      return promise;
    },
    content,
  });
  teller.startsAt(state);
  let seq = 0;
  const takeAtOnce = (...changes: (Change | ScoreChange)[]): void => {
    const actions = changes.map((one): Action => ({ seq: (seq += 1), at: clock.now, change: one }));
    const arrival = { writer: "browser" as const, clientId, actions };
    applyEntry(state, { k: "append", t: clock.now, arrival });
    teller.changed(state, actions);
  };
  const take = async (...changes: (Change | ScoreChange)[]): Promise<void> => {
    takeAtOnce(...changes);
    await gathered();
  };
  const answered = async (quietMs = 0, watched = true): Promise<void> => {
    told.at(-1)?.answer({ watchedUntil: watched ? clock.now + 30_000 : 0, quietMs });
    await new Promise((done) => setImmediate(done));
    await gathered();
  };
  /** All that a watcher knows by now. */
  const seen = (): LiveTurn | undefined =>
    told.flatMap(({ turns }) => turns).reduce<LiveTurn | undefined>(mergeTurn, undefined);
  const pass = async (ms: number): Promise<void> => {
    clock.now += ms;
    advance(state, clock.now);
    teller.changed(state, []);
    await gathered();
  };
  return {
    state,
    teller,
    take,
    takeAtOnce,
    gathered,
    told,
    answered,
    seen,
    pass,
    clock,
    failing,
    notes,
  };
}

test("with nobody watching nothing is told", async () => {
  const { take, told, pass } = scene();
  await take(begin, stream);
  await pass(5_000);
  expect(told).toEqual([]);
});

test("a turn is told as it grows, and ends", async () => {
  const { state, teller, take, told, answered, seen, pass, clock } = scene();
  teller.watched(state, START + 30_000);
  await take(begin);
  expect(seen()).toMatchObject({
    traceId: TRACE,
    state: "open",
    name: "Bot",
    sessionId: "chat",
    userId: "ada",
    tags: ["tone:friendly"],
    variants: { tone: "friendly" },
    source: "frontend-click",
    startTime: START,
    observations: [{ id: ROOT, root: true, name: "Bot" }],
  });
  await answered();
  clock.now += 100;
  await take(stream);
  await answered();
  await take(
    change("update", SPAN, {
      fields: { completionStartTime: START + 80 },
      metadata: [
        ["chunkCount", "10"],
        ["chunksPerSecond", "12.5"],
      ],
    }),
  );
  await answered();
  expect(seen()?.observations.at(-1)).toMatchObject({
    name: "streaming-response",
    type: "generation",
    model: "gpt-5",
    chunks: 10,
    chunksPerSecond: 12.5,
    firstTokenTime: START + 80,
  });
  clock.now += 500;
  await take(
    change("end", SPAN, { fields: { level: "ERROR", usageDetails: '{"input":3,"output":4}' } }),
    change("end", ROOT, {
      metadata: [
        ["outcome", "failed"],
        ["latencies", '{"time_to_first_token":80}'],
      ],
    }),
  );
  await answered();
  expect(seen()).toMatchObject({
    state: "ended",
    failed: true,
    outcome: "failed",
    latencies: { time_to_first_token: 80 },
    observations: [{ root: true }, { level: "ERROR", tokens: 7, endTime: clock.now - 100 }],
  });
  expect(JSON.stringify(told)).not.toContain("a question");
  // What is sealed says the same once more, and nothing else is left to tell.
  await pass(1_000);
  await answered();
  const calls = told.length;
  await pass(1_000);
  expect(told).toHaveLength(calls);
  expect(seen()).toMatchObject({ state: "ended", observations: [{ root: true }, { tokens: 7 }] });
});

test("whoever comes while a session is under way is shown what is open, and what has just ended", async () => {
  const { state, take, pass, clock } = scene();
  await take(begin, stream);
  await take(change("update", SPAN, { metadata: [["chunkCount", "7"]] }));
  const open = scene({ state });
  open.teller.watched(state, START + 30_000);
  await open.gathered();
  expect(open.seen()).toMatchObject({
    state: "open",
    name: "Bot",
    observations: [{ id: ROOT }, { id: SPAN, name: "streaming-response", chunks: 7 }],
  });
  await take(change("end", SPAN), change("end", ROOT));
  await pass(2_000);
  expect(state.outbox).toHaveLength(2);
  const ended = scene({ state });
  ended.clock.now = clock.now;
  ended.teller.watched(state, clock.now + 30_000);
  await ended.gathered();
  expect(ended.seen()).toMatchObject({
    state: "ended",
    observations: expect.arrayContaining([
      expect.objectContaining({ id: ROOT }),
      expect.objectContaining({ id: SPAN, chunks: 7 }),
    ]) as unknown,
  });
  // Once: what is known already is not said again with each request.
  await ended.answered();
  ended.teller.watched(state, clock.now + 30_000);
  await ended.gathered();
  expect(ended.told).toHaveLength(1);
  // What waits for a Langfuse that was away for long is not what happens now.
  const late = scene({ state });
  late.clock.now = clock.now + 11 * 60_000;
  late.teller.watched(state, late.clock.now + 30_000);
  await late.gathered();
  expect(late.told).toEqual([]);
});

test("a request that says first that somebody watches is one call, with all that is open", async () => {
  const { state, take } = scene();
  await take(begin);
  const { teller, told, seen, gathered } = scene({ state });
  const actions = [{ seq: 9, at: START, change: stream }];
  applyEntry(state, { k: "append", t: START, arrival: { writer: "browser", actions } });
  teller.appended(
    state,
    { project: "pk", writer: "browser", actions, watchedUntil: START + 30_000 },
    { results: [{ status: "accepted" }], pending: 2, sealed: 0 },
  );
  await gathered();
  expect(told).toHaveLength(1);
  expect(seen()?.observations.map(({ id }) => id)).toEqual([ROOT, SPAN]);
});

test("the end of a turn that was told of is told, though the object slept and no request says a word", async () => {
  const first = scene();
  first.teller.watched(first.state, START + 30_000);
  await first.take(begin, stream);
  await first.answered();
  await first.take(change("update", SPAN, { metadata: [["chunkCount", "1"]] }));
  expect(first.notes).toEqual({ at: START, rows: 1 });
  const { state, notes } = first;
  const woken = scene({ state, notedAt: notes.at, clientId: "tab after" });
  woken.clock.now = START + 50_000;
  await woken.take(change("end", SPAN), change("end", ROOT));
  expect(woken.seen()).toMatchObject({ state: "ended" });
  // Nobody is there any more: that is enough.
  await woken.answered(0, false);
  await woken.pass(2_000);
  await woken.take({ ...begin, trace: "f".repeat(32), target: "e".repeat(16) });
  expect(woken.told).toHaveLength(1);
  expect(woken.notes.rows).toBe(0);
});

test("so is that of a turn which nobody ended, for as long as something may be open", async () => {
  for (const [hours, calls] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const first = scene();
    await first.take(begin, stream, change("end", SPAN));
    const woken = scene({ state: first.state, notedAt: START - hours * 3_600_000 });
    await woken.pass(61_000);
    expect(woken.told).toHaveLength(calls);
    if (calls > 0) expect(woken.seen()).toMatchObject({ state: "ended", idle: true });
  }
});

test.each([
  ["TEXT", "I have cancer", "…"],
  ["CORRECTION", "no, I have cancer", "…"],
  ["CATEGORICAL", "rude", "rude"],
  ["NUMERIC", 4, 4],
])("of a score of the type %s a watcher sees what may be shown", async (dataType, value, shown) => {
  const body = JSON.stringify({ id: "s", traceId: TRACE, name: "said", value, dataType });
  for (const content of [false, true]) {
    const { state, teller, take, seen } = scene({ content });
    teller.watched(state, START + 30_000);
    await take(begin, { kind: "score", trace: TRACE, id: "s", body });
    expect(seen()?.scores).toMatchObject([
      { id: "s", name: "said", value: content ? value : shown },
    ]);
  }
});

test("payloads are told only where they may be shown", async () => {
  const { state, teller, take, seen } = scene({ content: true });
  teller.watched(state, START + 30_000);
  await take(begin);
  expect(seen()?.observations[0]).toMatchObject({ input: "a question" });
});

test("one call is on its way at a time: what changes meanwhile is one more, as it is then", async () => {
  const { state, teller, take, told, answered, seen } = scene();
  teller.watched(state, START + 30_000);
  await take(begin, stream);
  for (let n = 1; n <= 100; n += 1) {
    await take(change("update", SPAN, { metadata: [["chunkCount", String(n)]] }));
  }
  expect(told).toHaveLength(1);
  await answered();
  expect(told).toHaveLength(2);
  expect(seen()?.observations.at(-1)).toMatchObject({ chunks: 100 });
});

test("what a flush brings in several requests is one call", async () => {
  const { state, teller, takeAtOnce, gathered, told, seen, clock } = scene();
  teller.watched(state, START + 30_000);
  takeAtOnce(begin);
  takeAtOnce(stream);
  expect(told).toEqual([]);
  await gathered();
  expect(clock.now - START).toBeLessThanOrEqual(100);
  expect(told).toHaveLength(1);
  expect(seen()?.observations).toHaveLength(2);
});

test("a hub with much to do is told less, but of each end", async () => {
  const { state, teller, take, told, answered, clock } = scene();
  teller.watched(state, START + 30_000);
  await take(begin);
  await answered(1_000);
  clock.now += 500;
  await take(stream);
  expect(told).toHaveLength(1);
  await take(change("end", ROOT));
  expect(told).toHaveLength(2);
});

test("a hub that fails is left alone, and what it missed is counted", async () => {
  const { state, teller, take, told, clock, failing } = scene();
  teller.watched(state, START + 60_000);
  failing.now = true;
  await take(begin);
  await new Promise((done) => setImmediate(done));
  failing.now = false;
  await take(stream);
  expect(told).toHaveLength(0);
  clock.now += 5_000;
  await take(change("update", SPAN, { metadata: [["chunkCount", "1"]] }));
  expect(told).toMatchObject([{ skipped: 1 }]);
});

test("once nobody watches any more it falls silent", async () => {
  const { state, teller, take, told, answered, clock } = scene();
  teller.watched(state, START + 30_000);
  await take(begin);
  await answered(0, false);
  await take(stream);
  expect(told).toHaveLength(1);
  clock.now += 60_000;
  await take(change("end", ROOT));
  expect(told).toHaveLength(1);
});

test("what waited to be told of a session is not told once that was forgotten", async () => {
  const { state, teller, takeAtOnce, gathered, told } = scene();
  teller.watched(state, START + 30_000);
  takeAtOnce(begin);
  applyEntry(state, { k: "forget", t: START + 50, upTo: 0 });
  teller.forgot(state);
  await gathered();
  expect(told).toEqual([]);
});

test("a clock that steps back does not keep the hub from hearing", async () => {
  const { state, teller, take, told, answered, clock } = scene();
  teller.watched(state, START + 30_000);
  await take(begin);
  await answered(1_000);
  clock.now -= 600_000;
  await take(stream);
  expect(told).toHaveLength(2);
});

test("of a lane a session was forgotten: nothing of it is told, and of the others all that waited", async () => {
  const OTHER_TRACE = "fedcba9876543210fedcba9876543210";
  const { state, teller, takeAtOnce, gathered, told } = scene();
  teller.watched(state, START + 30_000);
  takeAtOnce(begin, stream);
  const root = rootObservationId(OTHER_TRACE);
  takeAtOnce({ ...begin, trace: OTHER_TRACE, target: root });
  state.openTraces.delete(TRACE);
  teller.forgot(state);
  await gathered();
  expect(told.flatMap(({ turns }) => turns).map(({ traceId, state: of }) => [traceId, of])).toEqual(
    [[OTHER_TRACE, "open"]],
  );
});
