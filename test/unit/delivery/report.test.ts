import { describe, expect, it } from "vitest";
import { TELL_WITHIN_MS } from "../../../src/delivery/report.ts";
import { claim, OTHER, row, T0, taken, World } from "./consumer-world.ts";
import { observation } from "./memory-session.ts";

describe("health", () => {
  /** A session with a record of its own, delivered in a pass of its own. */
  const pass = async (world: World, id: string): Promise<void> => {
    world.session(id, row(id, 1));
    await world.consume(claim(id));
  };
  const told = (world: World): [ms: number, delivered: number][] =>
    world.reports.map(({ at, delivered }) => [at - T0, delivered]);

  it("is told of the first pass at once, of those that go well like it once a minute", async () => {
    const world = new World();
    await pass(world, "a");
    for (let n = 1; n <= 12; n += 1) {
      world.now = T0 + n * 10_000;
      await pass(world, `s${n}`);
    }
    expect(TELL_WITHIN_MS).toBe(60_000);
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
    expect(world.reports.slice(2)).toMatchObject([{ delivered: 1, dead: 1 }]);
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
    expect(told(world)).toEqual([
      [0, 1],
      [60_000, 1],
    ]);
  });

  it("is told of each project for itself", async () => {
    const world = new World();
    await pass(world, "a");
    world.session("b", row("b", 1));
    await world.consume(claim("b", OTHER.publicKey));
    expect(told(world)).toHaveLength(2);
  });
});
