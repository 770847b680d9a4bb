import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createOfflineQueue,
  type StoredBatch,
  type BatchStore,
} from "../../../../src/client/offline/offline-queue.ts";
import type { Attempt } from "../../../../src/client/send/post.ts";
import type { EdgeReply } from "../../../../src/client/send/results.ts";
import { sharedLocks, sharedStore } from "./shared-by-pages.ts";

const NOW = 1_790_000_000_000;
const DAY = 86_400_000;
beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

const record = (clientId: string, more: Partial<StoredBatch> = {}): StoredBatch => ({
  owner: "ada",
  sessionId: "s1",
  clientId,
  at: NOW,
  actions: [`{"seq":1}`, `{"seq":2}`],
  ...more,
});

/** An edge that says the same of each action. */
function edge(said: (clientId: string) => EdgeReply | Promise<EdgeReply>) {
  const sent: { clientId: string; sessionId: string | undefined; actions: string[] }[] = [];
  const attempt: Attempt = async ({ clientId, sessionId }, actions, lasts) => {
    // It stays in the store: it need not outlive the page, and must not take the room of what does.
    expect(lasts()).toBe(false);
    sent.push({ clientId, sessionId, actions });
    return said(clientId);
  };
  return { sent, attempt, clients: () => sent.map(({ clientId }) => clientId) };
}
const taken = (): EdgeReply => ({
  status: 200,
  body: { results: [{ success: true }, { success: true }] },
});
const away = (): EdgeReply => ({ status: 503 });

test("the owner's records are sent in their order, once, with their numbers and session", async () => {
  const { store, left } = sharedStore(record("a"), record("b", { sessionId: "s0" }));
  const { sent, attempt } = edge(taken);
  const queue = createOfflineQueue(store);
  await queue.drain("ada", attempt, vi.fn());
  await queue.drain("ada", attempt, vi.fn());
  expect(sent).toEqual([
    { clientId: "a", sessionId: "s1", actions: [`{"seq":1}`, `{"seq":2}`] },
    { clientId: "b", sessionId: "s0", actions: [`{"seq":1}`, `{"seq":2}`] },
  ]);
  expect(left()).toEqual([]);
});

test("another owner's stay where they are", async () => {
  const { store, left } = sharedStore(record("a", { owner: "bob" }), record("b"));
  const { attempt, clients } = edge(taken);
  await createOfflineQueue(store).drain("ada", attempt, vi.fn());
  expect(clients()).toEqual(["b"]);
  expect(left()).toMatchObject([{ owner: "bob" }]);
});

test("a page that dies while it sends leaves them to the next one", async () => {
  const { store } = sharedStore(record("a"), record("b"));
  const dying = edge((clientId) => (clientId === "b" ? new Promise(() => {}) : taken()));
  void createOfflineQueue(store).drain("ada", dying.attempt, vi.fn());
  await vi.advanceTimersByTimeAsync(0);
  expect(dying.clients()).toEqual(["a", "b"]);
  const next = edge(taken);
  await createOfflineQueue(store).drain("ada", next.attempt, vi.fn());
  expect(next.clients()).toEqual(["b"]);
});

test("of two tabs only one sends, and a tab of another owner is not held up", async () => {
  const { store } = sharedStore(record("a"), record("b", { owner: "bob" }));
  const locks = sharedLocks();
  let answer: (said: EdgeReply) => void = () => {};
  const slow = edge(() => new Promise((resolve) => (answer = resolve)));
  const first = createOfflineQueue(store, locks).drain("ada", slow.attempt, vi.fn());
  await vi.advanceTimersByTimeAsync(0);
  const { attempt, clients } = edge(taken);
  // It says so, for whoever has the lock may die: the sender looks again later.
  const second = createOfflineQueue(store, locks);
  await expect(second.drain("ada", attempt, vi.fn())).rejects.toThrow("another tab");
  expect(clients()).toEqual([]);
  await createOfflineQueue(store, locks).drain("bob", attempt, vi.fn());
  expect(clients()).toEqual(["b"]);
  answer(taken());
  await first;
  expect(slow.clients()).toEqual(["a"]);
});

test.each<[string, () => EdgeReply | Promise<EdgeReply>]>([
  ["an edge that is busy", away],
  ["nobody", () => Promise.reject(new TypeError("Failed to fetch"))],
  [
    "an edge that could not keep one of them",
    () => ({
      status: 207,
      body: {
        results: [{ success: true }, { success: false, error: { code: "x", retryable: true } }],
      },
    }),
  ],
])("%s: they stay, all of them", async (_what, said) => {
  const { store, left } = sharedStore(record("a"), record("b"));
  const { attempt, clients } = edge(said);
  const onDrop = vi.fn();
  await expect(createOfflineQueue(store).drain("ada", attempt, onDrop)).rejects.toThrow();
  expect(clients()).toEqual(["a"]);
  expect(left()).toHaveLength(2);
  expect(onDrop).not.toHaveBeenCalled();
});

test("what the edge refuses for good is counted, and goes", async () => {
  const { store, left } = sharedStore(record("a"), record("b"));
  const onDrop = vi.fn();
  const { attempt } = edge((clientId) =>
    clientId === "a"
      ? { status: 400 }
      : {
          status: 207,
          body: { results: [{ success: true }, { success: false, error: { code: "too_old" } }] },
        },
  );
  await createOfflineQueue(store).drain("ada", attempt, onDrop);
  expect(onDrop.mock.calls).toEqual([
    ["send_error", 2],
    ["send_error", 1],
  ]);
  expect(left()).toEqual([]);
});

test("what is older than the edge's memory is not sent, whoever's it is, but counted", async () => {
  const { store, left } = sharedStore(
    record("a", { at: NOW - DAY - 1 }),
    record("b", { at: NOW - DAY }),
    record("c", { owner: "bob", at: NOW - 2 * DAY }),
  );
  const { attempt, clients } = edge(taken);
  const onDrop = vi.fn();
  await createOfflineQueue(store).drain("ada", attempt, onDrop);
  expect(clients()).toEqual(["b"]);
  expect(onDrop.mock.calls.slice(0, 2)).toEqual([
    ["cache_overflow", 2],
    ["cache_overflow", 2],
  ]);
  expect(left()).toEqual([]);
});

describe("keeping", () => {
  const from = { clientId: "a", sessionId: "s1" };
  const keep = async (store: BatchStore, ...actions: string[]) => {
    const queue = createOfflineQueue(store);
    const onDrop = vi.fn();
    await vi.advanceTimersByTimeAsync(0);
    queue.keep("ada", from, actions, onDrop);
    await vi.advanceTimersByTimeAsync(0);
    return { queue, onDrop };
  };

  test("in parts that are requests of the usual size, nothing lost, in order", async () => {
    const { store, left } = sharedStore();
    const small = Array.from({ length: 250 }, (_, i) => `{"seq":${i}}`);
    const large = ["x".repeat(30_000), "y".repeat(30_000), "z".repeat(60_000), "w"];
    await keep(store, ...small, ...large);
    expect(left().flatMap(({ actions }) => actions)).toEqual([...small, ...large]);
    expect(left().map(({ actions }) => actions.length)).toEqual([100, 100, 51, 1, 1, 1]);
    expect(left()[0]).toMatchObject({ owner: "ada", ...from, at: NOW });
  });

  test("only so much; the rest is counted", async () => {
    const { store, left } = sharedStore(record("old", { actions: ["x".repeat(1_900_000)] }));
    const { onDrop } = await keep(store, "y".repeat(60_000), "z".repeat(60_000), "w");
    expect(left().flatMap(({ actions }) => actions.map((text) => text[0]))).toEqual([
      "x",
      "y",
      "w",
    ]);
    expect(onDrop.mock.calls).toEqual([["cache_overflow", 1]]);
  });

  test("room that was taken is given back", async () => {
    const { store, left } = sharedStore();
    const { queue } = await keep(store, "x".repeat(1_900_000));
    await queue.drain("ada", edge(() => ({ status: 400 })).attempt, vi.fn());
    const onDrop = vi.fn();
    queue.keep("ada", from, ["y".repeat(1_900_000)], onDrop);
    await vi.advanceTimersByTimeAsync(0);
    expect(onDrop).not.toHaveBeenCalled();
    expect(left()).toHaveLength(1);
  });

  test("without a store nothing is kept, nothing is held up, and nothing throws", async () => {
    const none = () => Promise.reject(new Error("no IndexedDB"));
    const { queue, onDrop } = await keep({ add: none, all: none, remove: none }, "a", "b");
    expect(onDrop.mock.calls).toEqual([["cache_overflow", 2]]);
    const { attempt, clients } = edge(taken);
    await queue.drain("ada", attempt, vi.fn());
    queue.clear(vi.fn());
    await vi.advanceTimersByTimeAsync(0);
    expect(clients()).toEqual([]);
  });
});

test("logout: whoever's it is, it goes and is counted, and what is being sent is the last", async () => {
  const { store, left } = sharedStore(record("a"), record("b"), record("c", { owner: "bob" }));
  const queue = createOfflineQueue(store);
  let answer: (said: EdgeReply) => void = () => {};
  const { attempt, clients } = edge(() => new Promise((resolve) => (answer = resolve)));
  const drained = queue.drain("ada", attempt, vi.fn());
  await vi.advanceTimersByTimeAsync(0);
  const onDrop = vi.fn();
  queue.clear(onDrop);
  await vi.advanceTimersByTimeAsync(0);
  answer(taken());
  await drained;
  expect(clients()).toEqual(["a"]);
  expect(left()).toEqual([]);
  expect(onDrop.mock.calls).toEqual([
    ["cache_overflow", 2],
    ["cache_overflow", 2],
    ["cache_overflow", 2],
  ]);
});
