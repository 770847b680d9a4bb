import { describe, expect, it } from "vitest";
import {
  FiguresTeller,
  MAX_BATCH_TURNS,
  TELL_INTERVAL_MS,
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
  const add = (count: number): void =>
    teller.add(PROJECT, { figures: turns(count), posts: [], objects: ["object"] });
  return { clock, told, logs, teller, add };
}

describe("figures of a project", () => {
  it("are told at once after a quiet time, then every so often together", async () => {
    const { clock, told, add, teller } = telling(() => ({ shards: 1 }));
    add(1);
    await teller.flush();
    expect(told).toHaveLength(1);
    for (let n = 0; n < 5; n += 1) {
      await clock.move(1000);
      add(2);
    }
    await settled();
    expect(told).toHaveLength(1);
    const flushed = teller.flush();
    await clock.move(TELL_INTERVAL_MS - 5000);
    await flushed;
    expect(told.map(({ batch }) => batch.figures.length)).toEqual([1, 10]);
    expect(told[1]?.batch.objects).toEqual(["object"]);
    expect(new Set(told.map(({ batch }) => batch.id)).size).toBe(2);
    await clock.move(TELL_INTERVAL_MS);
    add(1);
    await teller.flush();
    expect(told).toHaveLength(3);
  });

  it("are told as soon as there are many, in batches of a bounded size", async () => {
    const { told, add, teller, clock } = telling(() => ({ shards: 1 }));
    add(1);
    await teller.flush();
    await clock.move(1);
    add(10);
    add(MAX_BATCH_TURNS);
    await teller.flush();
    expect(told.map(({ batch }) => batch.figures.length)).toEqual([1, MAX_BATCH_TURNS, 10]);
  });

  it("go once more with the same id where a call fails, and then are given up, which is logged", async () => {
    let failures = 1;
    const { told, add, teller, clock, logs } = telling(() => {
      failures -= 1;
      if (failures >= 0) throw new Error("moved");
      return { shards: 1 };
    });
    add(3);
    await settled();
    await clock.move(1000);
    await teller.flush();
    expect(told).toHaveLength(2);
    expect(told[0]?.batch).toEqual(told[1]?.batch);
    expect(logs).toEqual(["figures_delayed"]);
    failures = 2;
    await clock.move(TELL_INTERVAL_MS);
    add(1);
    await settled();
    await clock.move(1000);
    await teller.flush();
    expect(logs).toEqual(["figures_delayed", "figures_delayed", "figures_not_told"]);
  });

  it("are not waited for where an object hangs", async () => {
    const { add, teller, clock, logs, told } = telling(() => new Promise(() => {}));
    add(1);
    for (let n = 0; n < 3; n += 1) await clock.move(3000);
    await teller.flush();
    expect(told).toHaveLength(2);
    expect(logs.at(-1)).toBe("figures_not_told");
  });

  it("are left out, which is logged, where far too many wait", async () => {
    const { add, clock, logs, told, teller } = telling(() => new Promise(() => {}));
    add(1);
    await settled();
    for (let n = 0; n < 20; n += 1) add(MAX_BATCH_TURNS);
    expect(logs.filter((event) => event === "figures_not_told").length).toBeGreaterThan(5);
    for (let n = 0; n < 80; n += 1) await clock.move(1000);
    await teller.flush();
    expect(told.length).toBeLessThan(25);
  });

  it("are spread over as many objects as the first one says", async () => {
    const { add, clock, told, teller } = telling((_batch, shard) => ({
      shards: shard === 0 ? 4 : 1,
    }));
    for (let n = 0; n < 9; n += 1) {
      add(1);
      await teller.flush();
      await clock.move(TELL_INTERVAL_MS);
    }
    expect(new Set(told.map(({ shard }) => shard))).toEqual(new Set([0, 1, 2, 3]));
  });
});
