import { describe, expect, it } from "vitest";
import {
  FiguresTeller,
  MAX_BATCH_TURNS,
  TELL_INTERVAL_MS,
  UNREAD_FACTOR,
} from "../../../../src/delivery/figures/figures-teller.ts";
import type { FiguresBatch, TellAnswer } from "../../../../src/protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../../../src/protocol/figures/turn-figures.ts";

const PROJECT = { publicKey: "pk", label: "label" };
const turns = (count: number): TurnFigures[] =>
  Array.from({ length: count }, (_, n) => ({ trace: String(n), isTurn: true, at: 0, metrics: {} }));

/** Time stands still until it is moved. */
class Clock {
  now = 1_000_000;
  #timers: { at: number; ring: () => void }[] = [];

  readonly wait = (ms: number): Promise<void> =>
    new Promise((ring) => {
      this.#timers.push({ at: this.now + ms, ring });
    });

  /** The platform ends the invocations that wait: nothing of them goes on. */
  lose(): void {
    this.#timers = [];
  }

  async move(ms: number): Promise<void> {
    this.now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter(({ at }) => at > this.now);
    for (const { ring } of due) ring();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

function telling(answer: (batch: FiguresBatch, shard: number) => Promise<TellAnswer> | TellAnswer) {
  const clock = new Clock();
  const told: { batch: FiguresBatch; shard: number; at: number }[] = [];
  const logs: string[] = [];
  const teller = new FiguresTeller({
    metrics: (_key, shard) => ({
      tell: async (batch) => {
        told.push({ batch, shard, at: clock.now });
        return answer(batch, shard);
      },
    }),
    id: "isolate",
    everyMs: TELL_INTERVAL_MS,
    now: () => clock.now,
    wait: clock.wait,
    log: (_level, event) => void logs.push(event),
  });
  /** A pass that brings so many, and what its invocation then waits for. */
  const add = (count: number): Promise<unknown> | undefined => {
    teller.add(PROJECT, { figures: turns(count), posts: [], objects: ["object"] });
    return teller.flush();
  };
  return { clock, told, logs, teller, add };
}

describe("figures of a project", () => {
  it("are told at once after a quiet time, then every so often together", async () => {
    const { clock, told, add } = telling(() => ({ shards: 1 }));
    await add(1);
    expect(told).toHaveLength(1);
    const waiting: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      await clock.move(1000);
      waiting.push(add(2));
    }
    // The first of them tells for all.
    expect(waiting.map((one) => one !== undefined)).toEqual([true, false, false, false, false]);
    expect(told).toHaveLength(1);
    await clock.move(TELL_INTERVAL_MS - 5000);
    await waiting[0];
    expect(told.map(({ batch }) => batch.figures.length)).toEqual([1, 10]);
    expect(told[1]?.batch.objects).toEqual(["object"]);
    expect(new Set(told.map(({ batch }) => batch.id)).size).toBe(2);
    await clock.move(TELL_INTERVAL_MS);
    await add(1);
    expect(told).toHaveLength(3);
  });

  it("wait twice as long while nobody reads them, and no longer once somebody does", async () => {
    let isRead = false;
    const { clock, told, add } = telling(() => ({ shards: 1, isRead }));
    await add(1);
    await clock.move(1000);
    const first = add(1);
    await clock.move(UNREAD_FACTOR * TELL_INTERVAL_MS - 1001);
    expect(told).toHaveLength(1);
    isRead = true;
    await clock.move(1);
    await first;
    expect(told).toHaveLength(2);
    const second = add(1);
    await clock.move(TELL_INTERVAL_MS);
    await second;
    expect(told).toHaveLength(3);
  });

  it("that wait for their time, and then for an object that hangs, do so within half a minute", async () => {
    const { clock, add } = telling((batch) =>
      batch.id.endsWith("/1") ? { shards: 1, isRead: false } : new Promise(() => {}),
    );
    await add(1);
    const began = clock.now;
    const over = Promise.resolve(add(1)).then(() => clock.now);
    for (let n = 0; n < 120; n += 1) await clock.move(500);
    expect((await over) - began).toBeLessThan(30_000);
  });

  it("are told as soon as there are many, in batches of a bounded size", async () => {
    const { told, add, clock } = telling(() => ({ shards: 1 }));
    await add(1);
    await clock.move(1);
    void add(10);
    await add(MAX_BATCH_TURNS);
    expect(told.map(({ batch }) => batch.figures.length)).toEqual([1, MAX_BATCH_TURNS, 10]);
    // The invocation that was to tell finds nothing left.
    await clock.move(TELL_INTERVAL_MS);
    expect(told).toHaveLength(3);
  });

  it("are told by the next invocation where the one that was to do it is gone", async () => {
    const { told, add, clock } = telling(() => ({ shards: 1 }));
    await add(1);
    await clock.move(1);
    void add(2);
    clock.lose();
    await clock.move(TELL_INTERVAL_MS);
    expect(add(3)).toBeUndefined();
    await clock.move(1500);
    await add(4);
    expect(told.map(({ batch }) => batch.figures.length)).toEqual([1, 9]);
  });

  it("that come while others are told are told by those who bring them", async () => {
    let answer: (told: TellAnswer) => void = () => {};
    const { told, add, clock } = telling(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const first = add(1);
    await settled();
    const second = add(2);
    expect(second).toBeDefined();
    answer({ shards: 1 });
    await first;
    await clock.move(TELL_INTERVAL_MS);
    answer({ shards: 1 });
    await second;
    expect(told.map(({ batch }) => batch.figures.length)).toEqual([1, 2]);
  });

  it("go once more with the same id where a call fails, and then are given up, which is logged", async () => {
    let failures = 1;
    const { told, add, clock, logs } = telling(() => {
      failures -= 1;
      if (failures >= 0) throw new Error("moved");
      return { shards: 1 };
    });
    const first = add(3);
    await settled();
    await clock.move(1000);
    await first;
    expect(told).toHaveLength(2);
    expect(told[0]?.batch).toEqual(told[1]?.batch);
    expect(logs).toEqual(["figures_delayed"]);
    failures = 2;
    await clock.move(TELL_INTERVAL_MS);
    const second = add(1 + MAX_BATCH_TURNS);
    await settled();
    await clock.move(1000);
    await second;
    expect(logs).toEqual(["figures_delayed", "figures_delayed", "figures_not_told"]);
    // What was left of them goes with the next.
    await clock.move(TELL_INTERVAL_MS);
    await add(1);
    expect(told.at(-1)?.batch.figures).toHaveLength(2);
  });

  it("are not waited for where an object hangs", async () => {
    const { add, clock, logs, told } = telling(() => new Promise(() => {}));
    const waiting = add(1);
    for (let n = 0; n < 3; n += 1) await clock.move(3000);
    await waiting;
    expect(told).toHaveLength(2);
    expect(logs.at(-1)).toBe("figures_not_told");
  });

  it("are left out, which is logged, where far too many wait", async () => {
    const { add, clock, logs, teller } = telling(() => new Promise(() => {}));
    void add(1);
    await settled();
    teller.add(PROJECT, { figures: turns(50 * MAX_BATCH_TURNS), posts: [], objects: [] });
    expect(logs).toEqual(["figures_not_told"]);
    const waiting = teller.flush();
    for (let n = 0; n < 10; n += 1) await clock.move(1000);
    await waiting;
  });

  it("are spread over as many objects as the first one says", async () => {
    const { add, clock, told } = telling((_batch, shard) => ({ shards: shard === 0 ? 4 : 1 }));
    for (let n = 0; n < 9; n += 1) {
      await add(1);
      await clock.move(TELL_INTERVAL_MS);
    }
    expect(new Set(told.map(({ shard }) => shard))).toEqual(new Set([0, 1, 2, 3]));
  });
});
