import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BreakerState } from "../../../src/delivery/breaker.ts";
import { consume } from "../../../src/delivery/consumer.ts";
import {
  CALLS_AT_ONCE,
  type LeasingSession,
  PASS_BYTES,
  PASS_MS,
  POST_TIMEOUT_MS,
} from "../../../src/delivery/project-pass.ts";
import { type Calm, TELL_WITHIN_MS } from "../../../src/delivery/report.ts";
import type { LogFields, LogLevel } from "../../../src/log.ts";
import { applyReport, EMPTY_HEALTH, viewOf } from "../../../src/outcomes/health-state.ts";
import type { HealthReport } from "../../../src/protocol/health-calls.ts";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import type { Claim, LeaseAnswer, SettleAnswer } from "../../../src/protocol/session-calls.ts";
import type { Project } from "../../../src/settings.ts";
import { MemorySession, observation } from "./memory-session.ts";

interface Posted {
  authorization: string | null;
  url: string;
  /** Names of the records, in order. */
  names: string[];
  at: number;
}

type Reply = (posted: Posted, count: number) => Response | Promise<Response>;

const T0 = 1_795_380_000_000;
const PROJECT: Project = { publicKey: "pk-one", secretKey: "sk-one", baseUrl: "http://one.test" };
const OTHER: Project = { publicKey: "pk-two", secretKey: "sk-two", baseUrl: "http://two.test/sub" };
const taken: Reply = () => Response.json({});

/** A consumer with everything around it in memory, and a clock that only the test moves. */
class World {
  now = T0;
  reply: Reply = taken;
  readonly sessions = new Map<string, LeasingSession>();
  readonly posted: Posted[] = [];
  readonly reports: HealthReport[] = [];
  readonly logs: { level: LogLevel; event: string; fields: LogFields }[] = [];
  readonly deferred: { objects: string[]; delaySeconds: number }[] = [];
  readonly breaker = new Map<string, BreakerState>();
  readonly calm = new Map<string, Calm>();
  #health = EMPTY_HEALTH;

  session(id: string, records: SealedRecord[]): MemorySession {
    const session = new MemorySession(records, () => this.now);
    this.sessions.set(id, session);
    return session;
  }

  consume(...claims: unknown[]): Promise<void> {
    return consume(claims, {
      projects: new Map([PROJECT, OTHER].map((project) => [project.publicKey, project])),
      extraHeaders: {},
      breaker: this.breaker,
      calm: this.calm,
      defer: async (claims, delaySeconds) => {
        const objects = claims.flatMap(({ object, more = [] }) => [object, ...more]);
        this.deferred.push({ objects, delaySeconds });
      },
      now: () => this.now,
      log: (level, event, fields) => this.logs.push({ level, event, fields }),
      send: async (request) => {
        const stream = request.body?.pipeThrough(new DecompressionStream("gzip"));
        const body = await new Response(stream ?? null).text();
        const posted = {
          authorization: request.headers.get("authorization"),
          url: request.url,
          names: [...body.matchAll(/"spanId":"([^"]+)"/g)].map(([, name = ""]) => name),
          at: this.now,
        };
        this.posted.push(posted);
        return this.reply(posted, this.posted.length);
      },
      sessionById: (id) => {
        const session = this.sessions.get(id);
        if (session === undefined) throw new Error("no such object");
        return session;
      },
      health: () => ({ report: async (report) => this.tellHealth(report) }),
    });
  }

  tellHealth = (report: HealthReport): ReturnType<typeof viewOf> => {
    this.reports.push(report);
    this.#health = applyReport(this.#health, report);
    return viewOf(this.#health);
  };

  logged(event: string): LogFields[] {
    return this.logs.filter((one) => one.event === event).map(({ fields }) => fields);
  }
}

const claim = (object: string, project = PROJECT.publicKey): Claim => ({ v: 1, project, object });
const row = (session: string, count: number, size?: number): SealedRecord[] =>
  Array.from({ length: count }, (_, index) => observation(session, index + 1, size));

/** Large enough to take several leases, but cheap to post. */
const saidToBe = (size: number, records: SealedRecord[]): SealedRecord[] =>
  records.map((record) => ({ ...record, size }));

describe("a batch of claims", () => {
  it("becomes one request, one settlement a session, one report and one log event", async () => {
    const world = new World();
    const a = world.session("a", row("a", 2));
    const b = world.session("b", row("b", 1));
    await world.consume(claim("a"), claim("b"), claim("a"));
    expect(world.posted.map(({ names }) => names)).toEqual([["a/1", "a/2", "b/1"]]);
    expect([a.delivered, b.delivered]).toEqual([[1, 2], [1]]);
    expect([a.leaseRequests.length, a.settlements.length]).toEqual([1, 1]);
    expect(world.reports).toEqual([
      {
        at: T0,
        delivered: 3,
        dead: 0,
        pending: [
          ["a", 0],
          ["b", 0],
        ],
      },
    ]);
    expect(world.logged("delivery")).toEqual([
      expect.objectContaining({
        objects: 2,
        leases: 2,
        records: 3,
        delivered: 3,
        posts: 1,
        left: 0,
      }),
    ]);
    expect(world.logs).toHaveLength(1);
  });

  it("costs nothing but the question where nothing waits", async () => {
    const world = new World();
    world.session("a", []);
    await world.consume(claim("a"));
    expect(world.posted).toEqual([]);
    expect(world.reports).toEqual([]);
  });

  it("never mixes projects", async () => {
    const world = new World();
    world.session("a", row("a", 1));
    world.session("b", row("b", 1));
    await world.consume(claim("a"), claim("b", OTHER.publicKey));
    const basic = ({ publicKey, secretKey }: Project): string =>
      `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;
    const path = "/api/public/otel/v1/traces";
    expect(world.posted).toHaveLength(2);
    expect(world.posted).toEqual(
      expect.arrayContaining([
        { authorization: basic(PROJECT), url: `${PROJECT.baseUrl}${path}`, names: ["a/1"], at: T0 },
        { authorization: basic(OTHER), url: `${OTHER.baseUrl}${path}`, names: ["b/1"], at: T0 },
      ]),
    );
  });

  it("makes a project's objects wait that is not configured, and ignores what is no claim", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    const b = world.session("b", row("b", 1));
    await world.consume(claim("a", "pk-gone"), null, { v: 1 }, claim("b"));
    expect(a.settlements).toMatchObject([{ delivered: [], retry: { reason: "not_configured" } }]);
    expect(b.delivered).toEqual([1]);
    expect(world.logged("claims_ignored")).toEqual([{ reason: "malformed", claims: 2 }]);
    expect(world.logged("claims_postponed")).toEqual([
      expect.objectContaining({ reason: "not_configured", objects: 1 }),
    ]);
  });

  it("logs no key and no payload", async () => {
    const world = new World();
    world.session("a", [{ ...observation("a", 1), name: "payload" }]);
    world.reply = () => Response.json({ error: "payload sk-one" }, { status: 400 });
    await world.consume(claim("a"), claim("b", "pk-gone"));
    expect(world.logged("delivery")).toHaveLength(1);
    expect(JSON.stringify(world.logs)).not.toMatch(/pk-|sk-|payload/);
  });
});

describe("a pass", () => {
  it("goes on with what a settlement leases next, until nothing is left", async () => {
    const world = new World();
    const size = 300_000;
    const a = world.session("a", row("a", 20, size));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual(a.delivered.toSorted((x, y) => x - y));
    expect(a.delivered).toHaveLength(20);
    expect(a.leaseRequests).toHaveLength(1);
    expect(a.settlements.length).toBeGreaterThan(1);
  });

  it("asks every waiting object before it takes more of one that had its turn", async () => {
    const world = new World();
    const calls: string[] = [];
    const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
    for (const id of ids) {
      const inner = new MemorySession(saidToBe(200_000, row(id, 8)), () => world.now);
      world.sessions.set(id, {
        lease: (request) => {
          calls.push("lease");
          return inner.lease(request);
        },
        settle: (settlement) => {
          if (settlement.next) calls.push("next");
          return inner.settle(settlement);
        },
      });
    }
    await world.consume(...ids.map((id) => claim(id)));
    expect(calls.slice(0, 40)).toEqual(ids.map(() => "lease"));
    expect(calls.slice(40)).toContain("next");
  });

  it("holds at most its bytes, and asks at most so many objects at once", async () => {
    const world = new World();
    let held = 0;
    let mostHeld = 0;
    let asking = 0;
    let mostAsking = 0;
    const size = (index: number): number => (index % 6 === 0 ? 300_000 : 50_000);
    for (let index = 0; index < 60; index += 1) {
      const id = `s${index}`;
      const inner = new MemorySession(saidToBe(size(index), row(id, 10)), () => world.now);
      const count = ({ lease }: LeaseAnswer): void => {
        held += lease?.records.reduce((sum, { size }) => sum + size, 0) ?? 0;
        mostHeld = Math.max(mostHeld, held);
      };
      world.sessions.set(id, {
        lease: async (request) => {
          asking += 1;
          mostAsking = Math.max(mostAsking, asking);
          await Promise.resolve();
          asking -= 1;
          const answer = await inner.lease(request);
          count(answer);
          return answer;
        },
        settle: async (settlement): Promise<SettleAnswer> => {
          held -= (settlement.delivered.length + settlement.dead.length) * size(index);
          const answer = await inner.settle(settlement);
          if (answer.next) count({ lease: answer.next });
          return answer;
        },
      });
    }
    await world.consume(...Array.from({ length: 60 }, (_, index) => claim(`s${index}`)));
    expect(mostAsking).toBe(CALLS_AT_ONCE);
    expect(mostHeld).toBeGreaterThan(PASS_BYTES / 2);
    // The last one may bring a record that is larger than what is left.
    expect(mostHeld).toBeLessThanOrEqual(PASS_BYTES + 300_000);
  });

  it("takes records that are larger than their share one by one, and leaves none of them", async () => {
    const world = new World();
    const ids = Array.from({ length: 30 }, (_, index) => `s${index}`);
    let asking = 0;
    let askingForLarge = 0;
    const all = ids.map((id) => {
      const inner = world.session(id, saidToBe(1_500_000, row(id, 2)));
      world.sessions.set(id, {
        lease: async (request) => {
          asking += 1;
          if (request.strict !== true) askingForLarge = Math.max(askingForLarge, asking);
          const answer = await inner.lease(request);
          await Promise.resolve();
          asking -= 1;
          return answer;
        },
        settle: (settlement) => inner.settle(settlement),
      });
      return inner;
    });
    await world.consume(...ids.map((id) => claim(id)));
    expect(askingForLarge).toBe(1);
    // At least one of each; what is too large again is left to the object's own claim.
    expect(all.filter(({ delivered }) => delivered.length === 0)).toEqual([]);
  });

  it("is given much by an object that is alone", async () => {
    const world = new World();
    const a = world.session("a", saidToBe(700_000, row("a", 5)));
    await world.consume(claim("a"));
    expect(a.settlements).toHaveLength(1);
    expect(a.delivered).toHaveLength(5);
  });

  it("ends in time: what it can't finish by then is left", async () => {
    const world = new World();
    const a = world.session("a", row("a", 9, 850_000));
    a.leaseMs = 600_000;
    world.reply = () => {
      world.now += 15_000;
      return Response.json({});
    };
    await world.consume(claim("a"));
    const lastPost = Math.max(...world.posted.map(({ at }) => at));
    expect(lastPost - T0).toBeLessThan(PASS_MS - POST_TIMEOUT_MS);
    expect(a.delivered).toEqual([1, 2, 3]);
    expect(a.outbox.length + a.delivered.length).toBe(9);
  });

  it("posts nothing that it can't finish before its lease ends", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    a.leaseMs = 30_000;
    const b = world.session("b", row("b", 1));
    b.leaseMs = 30_001;
    await world.consume(claim("a"), claim("b"));
    expect(world.posted.map(({ names }) => names)).toEqual([["b/1"]]);
    expect(a.settlements).toEqual([
      { lease: 1, delivered: [], dead: [], retry: { reason: "lease_too_short" } },
    ]);
  });

  it("sets a record aside that can't be written, and delivers the rest", async () => {
    const world = new World();
    const broken = { ...observation("a", 1), startTime: Number.NaN };
    const a = world.session("a", [broken, observation("a", 2)]);
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([2]);
    expect(a.dead).toEqual([
      {
        ordinal: 1,
        reason: "unwritable",
        message: expect.stringContaining("RangeError") as string,
      },
    ]);
  });
});

describe("an object that throws", () => {
  const failing = (session: MemorySession, call: "lease" | "settle", times: number) => {
    let left = times;
    const fail = (): void => {
      left -= 1;
      if (left >= 0) throw new Error("object reset");
    };
    return {
      lease: async (request: Parameters<MemorySession["lease"]>[0]) => {
        if (call === "lease") fail();
        return session.lease(request);
      },
      settle: async (settlement: Parameters<MemorySession["settle"]>[0]) => {
        if (call === "settle") fail();
        return session.settle(settlement);
      },
    };
  };

  it("at lease costs only itself", async () => {
    const world = new World();
    world.sessions.set("a", failing(world.session("a", row("a", 1)), "lease", 9));
    const b = world.session("b", row("b", 1));
    await world.consume(claim("a"), claim("no such"), claim("b"));
    expect(b.delivered).toEqual([1]);
    const failed = world.logged("lease_failed").map(({ object }) => object);
    expect(new Set(failed)).toEqual(new Set(["a", "no such"]));
  });

  it("at settle is asked once more", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.sessions.set("a", failing(a, "settle", 1));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
    expect(world.logs.map(({ event }) => event)).toEqual(["delivery"]);
  });

  it("at settle twice costs only itself", async () => {
    const world = new World();
    world.sessions.set("a", failing(world.session("a", row("a", 1)), "settle", 2));
    const b = world.session("b", row("b", 1));
    await world.consume(claim("a"), claim("b"));
    expect(b.delivered).toEqual([1]);
    expect(world.logged("settle_failed")).toEqual([{ object: "a", error: "Error: object reset" }]);
    expect(world.reports[0]?.pending).toEqual([["b", 0]]);
  });

  it("is no matter where it is the health's", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.tellHealth = () => {
      throw new Error("health is away");
    };
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
    expect(world.logged("health_not_told")).toHaveLength(1);
  });
});

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

describe("a Langfuse that fails", () => {
  it("leaves the records with reason and time, and is told to health", async () => {
    const world = new World();
    const a = world.session("a", row("a", 2));
    world.reply = () => Response.json({}, { status: 429, headers: { "retry-after": "9" } });
    await world.consume(claim("a"));
    expect(a.settlements).toEqual([
      { lease: 1, delivered: [], dead: [], retry: { reason: "rate_limited", afterMs: 9000 } },
    ]);
    expect(world.reports).toEqual([
      {
        at: T0,
        delivered: 0,
        dead: 0,
        failure: { class: "rate_limited", retryAfterMs: 9000 },
        pending: [["a", 2]],
      },
    ]);
    expect(world.logs).toMatchObject([
      { level: "warn", fields: { class: "rate_limited", status: 429 } },
    ]);
  });

  it("is not asked while the breaker is open, then by one pass alone, then by all", async () => {
    const world = new World();
    const a = world.session("a", row("a", 2));
    const b = world.session("b", row("b", 1));
    world.reply = () => Response.json({}, { status: 429, headers: { "retry-after": "9" } });
    await world.consume(claim("a"));

    world.reply = taken;
    world.now += 8999;
    await world.consume(claim("a"), claim("b"));
    expect([a.leaseRequests.length, b.leaseRequests.length]).toEqual([1, 0]);
    expect(world.deferred).toEqual([{ objects: ["a", "b"], delaySeconds: 1 }]);
    expect(world.logged("claims_deferred")).toEqual([
      expect.objectContaining({ reason: "breaker_open", objects: 2 }),
    ]);

    world.now += 1;
    let whileProbing: Promise<void> | undefined;
    world.reply = () => {
      whileProbing = world.consume(claim("b"));
      return Response.json({});
    };
    await world.consume(claim("a"));
    await whileProbing;
    expect([a.delivered.length, b.leaseRequests.length]).toEqual([2, 0]);
    expect(world.deferred.at(-1)).toEqual({ objects: ["b"], delaySeconds: 2 });

    world.reply = taken;
    await world.consume(claim("b"));
    expect(b.delivered).toEqual([1]);
  });

  it("is not tried with further objects in the same pass", async () => {
    const world = new World();
    const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const all = ids.map((id) => world.session(id, row(id, 2, 600_000)));
    world.reply = () => Response.json({}, { status: 503 });
    await world.consume(...ids.map((id) => claim(id)));
    const lenders = all.filter(({ settlements }) => settlements.length > 0);
    expect(lenders.length).toBeGreaterThan(0);
    expect(lenders.length).toBeLessThan(ids.length);
    expect(world.posted).toHaveLength(1);
  });

  it("lets objects wait as long as the breaker is open, instead of claiming every minute", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.breaker.set(PROJECT.publicKey, { openUntil: T0 + 30_001 });
    await world.consume(claim("a"));
    const retry = { reason: "breaker_open", afterMs: 30_001 };
    expect(a.settlements).toMatchObject([{ delivered: [], dead: [], retry }]);
    expect(world.posted).toEqual([]);
    expect(world.deferred).toEqual([]);
    expect(world.logged("claims_postponed")).toHaveLength(1);
    world.breaker.set(PROJECT.publicKey, { openUntil: T0 + 30_000 });
    await world.consume(claim("a"));
    expect(world.deferred).toEqual([{ objects: ["a"], delaySeconds: 30 }]);
  });

  it("is still to be tried when the one pass found nothing to post", async () => {
    const world = new World();
    world.breaker.set(PROJECT.publicKey, { openUntil: T0 });
    world.session("empty", []);
    const a = world.session("a", row("a", 1));
    await world.consume(claim("empty"));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
  });

  it("and hangs or breaks in one project does not hold another", async () => {
    const world = new World();
    world.session("a", row("a", 1));
    const b = world.session("b", row("b", 1));
    world.reply = ({ url }) => {
      if (url.startsWith(PROJECT.baseUrl)) throw new Error("connection lost");
      return Response.json({});
    };
    await world.consume(claim("a"), claim("b", OTHER.publicKey));
    expect(b.delivered).toEqual([1]);
  });
});

describe("in the end", () => {
  it("every record is delivered once and in order, or dead, whatever fails on the way", async () => {
    const answers = fc.constantFrom(200, 200, 200, 500, 429, 302, 401, 418);
    const sessions = fc.array(
      fc.record({ count: fc.integer({ min: 1, max: 8 }), size: fc.constantFrom(100, 400_000) }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        sessions,
        fc.array(answers, { maxLength: 12 }),
        fc.nat(30),
        async (shapes, codes, guilty) => {
          const world = new World();
          const all = shapes.map(({ count, size }, index) =>
            world.session(`s${index}`, saidToBe(size, row(`s${index}`, count))),
          );
          const names = shapes.flatMap(({ count }, index) =>
            Array.from({ length: count }, (_, at) => `s${index}/${at + 1}`),
          );
          const bad = names[guilty];
          const received: string[] = [];
          world.reply = (posted, count) => {
            const code = codes[count - 1] ?? 200;
            if (code !== 200) return Response.json({}, { status: code });
            if (bad !== undefined && posted.names.includes(bad)) {
              return Response.json(
                { error: "1 of 1 span(s) cannot be processed" },
                { status: 400 },
              );
            }
            received.push(...posted.names);
            return Response.json({});
          };
          for (let pass = 0; pass < 40 && all.some(({ outbox }) => outbox.length > 0); pass += 1) {
            await world.consume(...all.map((_, index) => claim(`s${index}`)));
            world.now += 16 * 60_000;
          }
          expect(all.flatMap(({ outbox }) => outbox)).toEqual([]);
          expect(received.toSorted()).toEqual(names.filter((name) => name !== bad).toSorted());
          for (const [index, session] of all.entries()) {
            const mine = received.filter((name) => name.startsWith(`s${index}/`));
            expect(mine).toEqual(session.delivered.map((ordinal) => `s${index}/${ordinal}`));
            expect(session.delivered).toEqual(session.delivered.toSorted((x, y) => x - y));
          }
          expect(all.flatMap(({ dead }) => dead).map(({ reason }) => reason)).toEqual(
            bad === undefined ? [] : ["refused"],
          );
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);
});
