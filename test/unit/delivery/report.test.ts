import { describe, expect, it } from "vitest";
import type { PassResult } from "../../../src/delivery/pass-result.ts";
import { type HealthyState, report, REPORT_INTERVAL_MS } from "../../../src/delivery/report.ts";
import type { HealthReport, HealthState } from "../../../src/protocol/health-calls.ts";
import { claim, OTHER, row, T0, taken, World } from "./consumer-world.ts";
import { observation } from "./memory-session.ts";

describe("health", () => {
  /** A session with a record of its own, delivered in a pass of its own. */
  const pass = async (world: World, id: string): Promise<void> => {
    world.session(id, row(id, 1));
    await world.consume(claim(id));
  };
  const told = (world: World): [ms: number, delivered: number][] =>
    world.reports.map(({ at, delivered, earlier }) => [
      at - T0,
      delivered + (earlier?.delivered ?? 0),
    ]);

  it("is told of the first pass at once, of those that go well like it once a minute", async () => {
    const world = new World();
    await pass(world, "a");
    for (let n = 1; n <= 12; n += 1) {
      world.now = T0 + n * 10_000;
      await pass(world, `s${n}`);
    }
    expect(REPORT_INTERVAL_MS).toBe(60_000);
    expect(told(world)).toEqual([
      [0, 1],
      [60_000, 6],
      [120_000, 6],
    ]);
  });

  it("is told of trouble at once, and of the first pass after it", async () => {
    const world = new World();
    await pass(world, "a");
    await pass(world, "b");
    world.reply = () => Response.json({}, { status: 503 });
    const c = world.session("c", row("c", 2));
    await world.consume(claim("c"));
    expect(told(world)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(world.reports[1]).toMatchObject({
      failure: { class: "unavailable" },
      pending: [["c", 2]],
    });
    world.reply = taken;
    world.now += 2000;
    await world.consume(claim("c"));
    expect(c.delivered).toEqual([1, 2]);
    await pass(world, "d");
    expect(told(world).slice(2)).toEqual([[2000, 2]]);
    expect(world.reports[2]?.pending).toEqual([["c", 0]]);
  });

  it("is told at once of what another isolate left, and of what died", async () => {
    const world = new World();
    await pass(world, "a");
    const left = world.session("left", row("left", 1));
    const elsewhere = new World();
    elsewhere.sessions.set("left", left);
    elsewhere.reply = () => Response.json({}, { status: 503 });
    await elsewhere.consume(claim("left"));
    expect(elsewhere.reports).toMatchObject([{ pending: [["left", 1]] }]);

    world.now += 2000;
    await world.consume(claim("left"));
    expect(world.reports.slice(1)).toMatchObject([{ delivered: 1, pending: [["left", 0]] }]);

    await pass(world, "b");
    expect(world.reports).toHaveLength(2);
    const dead = world.session("dead", [{ ...observation("dead", 1), startTime: Number.NaN }]);
    await world.consume(claim("dead"));
    expect(dead.dead).toHaveLength(1);
    expect(world.reports.slice(2)).toMatchObject([{ earlier: { delivered: 1 }, dead: 1 }]);
  });

  it("that did not answer is told again with the next pass", async () => {
    const world = new World();
    await pass(world, "a");
    const tell = world.tellHealth;
    world.tellHealth = () => {
      throw new Error("health is away");
    };
    world.now += 60_000;
    await pass(world, "b");
    world.tellHealth = tell;
    await pass(world, "c");
    await pass(world, "d");
    // Of what it missed too.
    expect(told(world)).toEqual([
      [0, 1],
      [60_000, 2],
    ]);
  });

  it("is not told that what went well before a failure went well with it", async () => {
    const world = new World();
    await pass(world, "a");
    world.now += 10_000;
    await pass(world, "b");
    world.now += 10_000;
    world.reply = () => Response.json({}, { status: 503 });
    await pass(world, "c");
    expect(world.reports[1]).toMatchObject({
      at: T0 + 20_000,
      delivered: 0,
      earlier: { delivered: 1, last: T0 + 10_000 },
    });
  });

  it("is told of each project for itself", async () => {
    const world = new World();
    await pass(world, "a");
    world.session("b", row("b", 1));
    await world.consume(claim("b", OTHER.publicKey));
    expect(told(world)).toHaveLength(2);
  });
});

describe("what health answers", () => {
  const PROJECT = { publicKey: "pk", label: "label" };
  const PEACE: HealthState = { pending: 0, delivered: 1, dead: 0, failures: 0 };
  const WELL: PassResult = {
    leases: 1,
    records: 1,
    delivered: 1,
    dead: 0,
    posts: 1,
    bytes: 1,
    kinds: [{ kind: "observation", delivered: 1, dead: 0 }],
    unasked: [],
    retried: false,
    repeated: 0,
    unknown: 0,
    pending: new Map([["a", 0]]),
    objects: new Set(),
    reports: new Map(),
    figures: [],
    answers: [],
  };
  /** Tells of two such passes, to a health that answers so; how often it was told. */
  async function twice(answer: HealthState, second: Partial<PassResult> = {}, after = 0) {
    const told: HealthReport[] = [];
    const deps = {
      healthy: new Map<string, HealthyState>(),
      log: () => undefined,
      health: () => ({
        report: async (one: HealthReport) => {
          told.push(one);
          return answer;
        },
      }),
    };
    const first = await report(PROJECT, WELL, { ...deps, now: () => T0 });
    expect(first).toEqual(answer);
    const last = await report(PROJECT, { ...WELL, ...second }, { ...deps, now: () => T0 + after });
    expect(last).toEqual(told.length === 1 ? undefined : answer);
    return told;
  }

  it.each<[Partial<HealthState>, number]>([
    [{}, 1],
    [{ dead: 3, lastDelivery: T0 }, 1],
    [{ pending: 1 }, 2],
    [{ failures: 1 }, 2],
    [{ lastError: { class: "unavailable", since: T0, last: T0 } }, 2],
    [{ openUntil: T0 + 1 }, 2],
  ])("beside peace, %j: is told of %i of two passes", async (trouble, times) => {
    expect(await twice({ ...PEACE, ...trouble })).toHaveLength(times);
  });

  it("is told what one object of several was left with, and why", async () => {
    const failure = { class: "rate_limited" as const, retryAfterMs: 9_000 };
    for (const one of [{ retried: true }, { failure }, { dead: 1 }]) {
      expect(await twice(PEACE, one)).toHaveLength(2);
    }
    const left = new Map([
      ["a", 0],
      ["b", 2],
    ]);
    const told = await twice(PEACE, { pending: left, failure });
    expect(told[1]).toMatchObject({ pending: [...left], failure });
    expect(await twice(PEACE, { pending: left })).toHaveLength(2);
  });

  it("is told where a clock went back: nobody knows for how long the rest has waited", async () => {
    expect(await twice(PEACE, {}, -1)).toHaveLength(2);
    expect(await twice(PEACE, {}, REPORT_INTERVAL_MS - 1)).toHaveLength(1);
    expect(await twice(PEACE, {}, REPORT_INTERVAL_MS)).toHaveLength(2);
  });

  it("is no matter to a pass where there is no answer; the log says so, and of which project", async () => {
    const lines: unknown[] = [];
    const answer = await report(PROJECT, WELL, {
      healthy: new Map(),
      now: () => T0,
      log: (...line) => lines.push(line),
      health: () => ({ report: () => Promise.reject(new Error("away")) }),
    });
    expect(answer).toBeUndefined();
    const fields = { project: "label", error: "Error: away" };
    expect(lines).toEqual([["warn", "health_not_told", fields]]);
  });
});
