import { expect, it } from "vitest";
import { playOn, playPast, type PlayerDeps } from "../../../../src/dev/traffic/player.ts";
import { randomOf } from "../../../../src/dev/traffic/random.ts";
import { MovedTime } from "../../../support/moved-time.ts";

interface Sent {
  at: number;
  body: {
    sessionId: string;
    clientId: string;
    actions: { seq: number; data: { traceId: string } }[];
  };
}

const MINUTE_MS = 60_000;
const MINUTE_S = 60;
/** Longer than anybody waits. */
const TO_THE_END_S = 3_600;

function player(taken = true) {
  const sent: Sent[] = [];
  const stop = new AbortController();
  const time = new MovedTime();
  const deps: PlayerDeps = {
    now: () => time.now,
    signal: stop.signal,
    wait: (ms) =>
      new Promise((resolve) => {
        time.after(ms, resolve);
        stop.signal.addEventListener("abort", () => resolve());
      }),
    send: async (body) => {
      sent.push({ at: time.now, body: body as Sent["body"] });
      return taken;
    },
  };
  return { sent, stop, time, deps };
}

it("plays an hour as it happens, and is then over", async () => {
  const { sent, time, deps } = player();
  const done = playOn(randomOf(1), { ms: 10 * MINUTE_MS }, deps);
  await time.run(5 * MINUTE_S);
  const half = sent.length;
  await time.run(8 * MINUTE_S);
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
  const { sent, time, deps } = player(false);
  const began = time.now;
  let took = 0;
  const done = playPast(randomOf(2), { ms: 10 * MINUTE_MS }, deps).finally(() => {
    took = time.now - began;
  });
  await time.run(TO_THE_END_S);
  const { turns, refused } = await done;
  expect(refused).toBe(turns);
  expect(turns).toBeGreaterThan(60);
  expect(sent.length).toBe(turns);
  // Fifteen a second, at most.
  expect(took).toBeGreaterThan((turns / 15) * 1000 - 400);
});

it("stops at once when it is told to", async () => {
  const { sent, stop, time, deps } = player();
  const done = playOn(randomOf(1), { ms: 10 * MINUTE_MS }, deps);
  await time.run(MINUTE_S);
  const before = sent.length;
  stop.abort();
  await done;
  expect(sent.length).toBe(before);
});
