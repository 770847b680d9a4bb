// What is known of a lease is settled while another POST of it hangs: the session's next records of the kind
// that passes go on, and a consumer that dies takes little along. Where all is answered soon, nothing is added.
import { describe, expect, it } from "vitest";
import { consume } from "../../../../src/delivery/consumer.ts";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import { type Answering, Simulation } from "../simulation.ts";

/** A session of so many turns, each of three spans and a score; how late its spans came, and what it cost. */
async function turns(
  answering: Answering,
  {
    sessions = 1,
    count = 6,
    everyMs = 5_000,
  }: { sessions?: number; count?: number; everyMs?: number } = {},
) {
  const world = new Simulation();
  const settlements: Settlement[] = [];
  const calls = { lease: 0, settle: 0 };
  world.answering = answering;
  world.seenAs = (session) => ({
    lease: (request) => {
      calls.lease += 1;
      return session.lease(request);
    },
    settle: (settlement) => {
      calls.settle += 1;
      settlements.push(settlement);
      return session.settle(settlement);
    },
  });
  const sentAt = new Map<string, number>();
  for (let n = 0; n < count * sessions; n += 1) {
    const at = Math.floor(n / sessions) * everyMs;
    world.after(at, () => {
      const session = world.session(`s${n % sessions}`);
      for (const name of session.append(3)) sentAt.set(name, at);
      session.append(1, "score");
    });
  }
  await world.run((count * everyMs) / 1000 + 120);
  const late = Array.from(sentAt, ([name, at]) => (world.takenAt.get(name) ?? Infinity) - at);
  return { world, calls, settlements, latest: Math.max(...late) };
}

const scoresHang: Answering = (_names, kind) => (kind === "score" ? "hang" : "taken");
const spansHang: Answering = (_names, kind) => (kind === "observation" ? "hang" : "taken");

describe("scores that hang", () => {
  it("leave the spans of the session's next turns as quick as ever", async () => {
    const { world, latest } = await turns(scoresHang);
    expect(latest).toBeLessThan(3_000);
    expect(world.twice).toEqual([]);
  });

  it("are tried again by themselves, and arrive when they pass", async () => {
    const { world } = await turns(scoresHang);
    expect(world.session("s0").state.outbox).toHaveLength(6);
    world.answering = () => "taken";
    await world.run(300);
    expect(world.session("s0").state.outbox).toEqual([]);
    expect(world.twice).toEqual([]);
  });
});

describe("spans that hang", () => {
  it("leave the session's scores as quick as ever once it is known", async () => {
    const { world } = await turns(spansHang, { count: 20 });
    const { outbox } = world.session("s0").state;
    expect(outbox.filter(({ kind }) => kind === "score")).toEqual([]);
    expect(world.twice).toEqual([]);
  });
});

describe("a session whose first lease holds one kind alone, which hangs", () => {
  const other = { observation: "score", score: "observation" } as const;
  /** How late the other kind came that was there a while later, and all settlements. */
  async function lateOther(kind: "observation" | "score", laterMs: number) {
    const world = new Simulation({ isolates: 1, consumers: 1 });
    const settlements: Settlement[] = [];
    world.answering = (_names, its) => (its === kind ? "hang" : "taken");
    world.seenAs = (session) => ({
      lease: session.lease,
      settle: (settlement) => {
        settlements.push(settlement);
        return session.settle(settlement);
      },
    });
    const session = world.session("a");
    session.append(3, kind);
    let names: string[] = [];
    world.after(laterMs, () => void (names = session.append(2, other[kind])));
    await world.run(60);
    const start = world.posts[0]?.at ?? 0;
    expect(world.twice).toEqual([]);
    expect(session.state.outbox).toHaveLength(3);
    const at = Math.max(...names.map((name) => world.takenAt.get(name) ?? Infinity));
    return { lateMs: at - (start - 1_000) - laterMs, settlements };
  }

  it.each([
    ["observation", 1_500],
    ["observation", 4_000],
    ["score", 1_500],
    ["score", 4_000],
  ] as const)("does not keep the other back: %s, %d ms later", async (kind, laterMs) => {
    const { lateMs, settlements } = await lateOther(kind, laterMs);
    expect(lateMs).toBeLessThan(4_000);
    // Once, however long it hangs.
    const early = settlements.filter(({ keeps, delivered }) => keeps && delivered.length === 0);
    expect(early).toHaveLength(1);
  });

  it("costs nothing more where Langfuse takes its time, and is known to", async () => {
    const { settlements, world } = await turns(() => ({ status: 200, afterMs: 1_800 }), {
      count: 4,
      everyMs: 20_000,
    });
    expect(world.twice).toEqual([]);
    expect(settlements.filter(({ delivered }) => delivered.length === 0)).toEqual([]);
  });
});

describe("the cost of a turn with a score", () => {
  it("is one lease and one settlement, where Langfuse answers soon", async () => {
    for (const afterMs of [50, 150]) {
      const { calls, settlements } = await turns(() => ({ status: 200, afterMs }), {
        sessions: 5,
        count: 4,
        everyMs: 20_000,
      });
      expect(calls).toEqual({ lease: 20, settle: 20 });
      expect(settlements.filter(({ keeps }) => keeps !== undefined)).toEqual([]);
    }
  });

  it("is one settlement more, where the score's answer takes long", async () => {
    const slow: Answering = (_names, kind) => ({
      status: 200,
      afterMs: kind === "score" ? 2_000 : 50,
    });
    const { calls, settlements } = await turns(slow, { count: 4, everyMs: 20_000 });
    expect(calls.settle).toBe(8);
    expect(settlements.map(({ keeps, delivered }) => [keeps, delivered.length])).toEqual(
      Array.from({ length: 4 }, () => [
        [["score"], 3],
        [undefined, 1],
      ]).flat(),
    );
  });

  it("is as before with an object of an earlier version, which would end the lease", async () => {
    const world = new Simulation();
    world.answering = scoresHang;
    const settlements: Settlement[] = [];
    world.consumer = () => consume;
    world.seenAs = (session) => ({
      lease: async (request) => {
        const { lease, ...answer } = await session.lease(request);
        if (lease === undefined) return answer;
        const { inParts: _unknown, ...known } = lease;
        return { ...answer, lease: known };
      },
      settle: (settlement) => {
        settlements.push(settlement);
        return session.settle(settlement);
      },
    });
    world.session("a").append(2);
    world.session("a").append(1, "score");
    await world.run(60);
    expect(settlements.length).toBeGreaterThan(0);
    expect(settlements.filter(({ keeps }) => keeps !== undefined)).toEqual([]);
    expect(world.twice).toEqual([]);
  });
});
