// What the platform does to work that outlives its answer: 30 s after it nothing of it goes on, its
// promises never settle and no `finally` runs.
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { ClaimBatcher } from "../../../src/delivery/claim-batcher.ts";
import { claimedObjects } from "../../../src/delivery/claims.ts";

/** How long `waitUntil` keeps a request's work. */
const LIFE_MS = 30_000;

/** An isolate that is asked every so often, each time for another object that is to be claimed. */
async function isolate(requests: number, everyMs: number, deaf?: (request: number) => boolean) {
  let now = 0;
  const timers: { at: number; diesAt: number; resolve: () => void }[] = [];
  const request = new AsyncLocalStorage<{ number: number; diesAt: number }>();
  const sentAt = new Map<string, number>();
  let sends = 0;
  const batcher = new ClaimBatcher({
    now: () => now,
    log: () => undefined,
    wait: (ms) =>
      new Promise((resolve) => {
        timers.push({ at: now + ms, diesAt: request.getStore()?.diesAt ?? 0, resolve });
      }),
    send: async (claims) => {
      if (deaf?.(request.getStore()?.number ?? 0)) await new Promise(() => undefined);
      sends += 1;
      for (const { object } of claimedObjects(claims).byProject.get("pk") ?? []) {
        sentAt.set(object, now);
      }
    },
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const runTo = async (time: number): Promise<void> => {
    for (;;) {
      const next = timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > time) break;
      timers.splice(timers.indexOf(next), 1);
      now = next.at;
      if (now <= next.diesAt) next.resolve();
      await settle();
    }
    now = time;
  };
  for (let number = 0; number < requests; number += 1) {
    await runTo(number * everyMs);
    const object = `object-${number}`;
    const answer = { results: [], pending: 1, sealed: 0, claimAt: now + 500 };
    const session = batcher.wrap(
      { pending: async () => answer, append: async () => answer },
      object,
    );
    await session.append({ project: "pk", writer: "browser", actions: [] });
    const life = { number, diesAt: now + LIFE_MS };
    request.run(life, () => void batcher.flush());
  }
  await runTo(requests * everyMs + LIFE_MS);
  const late = Array.from({ length: requests }, (_, number) => number)
    .map((number) => ({
      number,
      ms: (sentAt.get(`object-${number}`) ?? Infinity) - number * everyMs,
    }))
    .filter(({ ms }) => ms > 3_000);
  return { late, sends };
}

describe("claims of an isolate whose requests' work ends 30 s after their answers", () => {
  it("are sent as long as requests come", async () => {
    const { late, sends } = await isolate(80, 1_000);
    expect(late).toEqual([]);
    expect(sends).toBeLessThanOrEqual(80);
  });

  it("share their sends where many requests come", async () => {
    const { late, sends } = await isolate(2_000, 50);
    expect(late).toEqual([]);
    // 100 s, about one send a second.
    expect(sends).toBeLessThan(150);
  });

  it("are sent by the next request where a send never ends", async () => {
    const { late } = await isolate(60, 2_500, (number) => number === 7);
    expect(late.map(({ number }) => number)).toEqual([7]);
  });

  it("are sent by the next request, be there a claim of its own or not, where their wait never ends", async () => {
    let now = 0;
    const waits: (() => void)[] = [];
    const sent: string[] = [];
    const batcher = new ClaimBatcher({
      now: () => now,
      log: () => undefined,
      wait: () => new Promise((resolve) => waits.push(resolve)),
      send: async (claims) => {
        sent.push(
          ...(claimedObjects(claims).byProject.get("pk") ?? []).map(({ object }) => object),
        );
      },
    });
    const answer = { results: [], pending: 1, sealed: 0 };
    const appendWith = (more: { claimAt?: number }) => async () => ({ ...answer, ...more });
    const pending = async () => answer;
    const request = { project: "pk", writer: "browser" as const, actions: [] };
    await batcher.wrap({ pending, append: appendWith({ claimAt: 500 }) }, "lost").append(request);
    expect(batcher.flush()).toBeDefined();
    now = LIFE_MS + 1;
    await batcher.wrap({ pending, append: appendWith({}) }, "silent").append(request);
    const flushed = batcher.flush();
    waits[1]?.();
    await flushed;
    expect(sent).toEqual(["lost"]);
  });
});
