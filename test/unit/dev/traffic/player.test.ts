import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { playOn, playPast, type PlayerDeps } from "../../../../src/dev/traffic/player.ts";
import { randomOf } from "../../../../src/dev/traffic/random.ts";

interface Sent {
  at: number;
  body: {
    sessionId: string;
    clientId: string;
    actions: { seq: number; data: { traceId: string } }[];
  };
}

const MINUTE = 60_000;
beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28, 12) }));
afterEach(() => void vi.useRealTimers());

function player(taken = true) {
  const sent: Sent[] = [];
  const stop = new AbortController();
  const deps: PlayerDeps = {
    now: () => Date.now(),
    signal: stop.signal,
    wait: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
        stop.signal.addEventListener("abort", () => resolve());
      }),
    send: async (body) => {
      sent.push({ at: Date.now(), body: body as Sent["body"] });
      return taken;
    },
  };
  return { sent, stop, deps };
}

it("plays an hour as it happens, and is then over", async () => {
  const { sent, deps } = player();
  const done = playOn(randomOf(1), { ms: 10 * MINUTE }, deps);
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  const half = sent.length;
  await vi.advanceTimersByTimeAsync(8 * MINUTE);
  const { turns, refused } = await done;
  expect(refused).toBe(0);
  expect(turns).toBeGreaterThan(60);
  expect(half).toBeGreaterThan(0.2 * sent.length);
  expect(half).toBeLessThan(0.8 * sent.length);
  // The numbers of a client's actions have no gaps.
  const clients = Map.groupBy(sent, ({ body }) => body.clientId);
  for (const requests of clients.values()) {
    const seqs = requests.flatMap(({ body }) => body.actions.map(({ seq }) => seq));
    expect(seqs).toEqual(seqs.map((_, i) => i));
  }
});

it("plays the past at a bounded rate, and counts what is refused", async () => {
  const { sent, deps } = player(false);
  const began = Date.now();
  const done = playPast(randomOf(2), { ms: 10 * MINUTE }, deps);
  await vi.runAllTimersAsync();
  const { turns, refused } = await done;
  expect(refused).toBe(turns);
  expect(turns).toBeGreaterThan(60);
  expect(sent.length).toBe(turns);
  // Fifteen a second, at most.
  expect(Date.now() - began).toBeGreaterThan((turns / 15) * 1000 - 400);
});

it("stops at once when it is told to", async () => {
  const { sent, stop, deps } = player();
  const done = playOn(randomOf(1), { ms: 10 * MINUTE }, deps);
  await vi.advanceTimersByTimeAsync(MINUTE);
  const before = sent.length;
  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  await done;
  expect(sent.length).toBe(before);
});
