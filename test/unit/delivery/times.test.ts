// The times of a delivery against each other: what a lease, a pass, a POST and a claim leave to one another.
import { describe, expect, it } from "vitest";
import { MAX_DEFER_MS } from "../../../src/delivery/put-off.ts";
import { postsAtOnce, PostSlots } from "../../../src/delivery/posts/post-slots.ts";
import {
  LEASE_MS,
  LEFT_ALONE_MS,
  PASS_MS,
  POST_TIMEOUT_MS,
  PROBE_TIMEOUT_MS,
  RESERVED_LEASE_MS,
  SETTLE_MARGIN_MS,
} from "../../../src/protocol/delivery-times.ts";
import { CLAIM_TTL_MS } from "../../../src/session/bounds.ts";
import { claim, OTHER, row, World } from "./consumer-world.ts";
import { encodedRecord } from "./posts/arbitrary-encoded.ts";
import { json, run } from "./scripted-langfuse.ts";

/** How long the queue gathers a batch, as the deployment's settings say. */
const QUEUE_MS = 1_000;

it("a claim that is put back arrives before its object takes it for lost", () => {
  expect(MAX_DEFER_MS + 2 * QUEUE_MS).toBeLessThan(CLAIM_TTL_MS);
});

it("a lease leaves room for a POST's whole timeout, and after a hung one for no other", () => {
  expect(RESERVED_LEASE_MS).toBeGreaterThan(POST_TIMEOUT_MS + SETTLE_MARGIN_MS);
  expect(LEASE_MS - POST_TIMEOUT_MS).toBeLessThan(POST_TIMEOUT_MS + SETTLE_MARGIN_MS);
  expect(PASS_MS).toBeGreaterThan(LEASE_MS);
  // What is left to itself is over when the platform ends it.
  expect(LEFT_ALONE_MS + POST_TIMEOUT_MS).toBeLessThan(30_000);
  // Four probes of a lane fit a lease.
  expect(LEASE_MS - 3 * PROBE_TIMEOUT_MS).toBeGreaterThan(PROBE_TIMEOUT_MS + SETTLE_MARGIN_MS);
});

describe("a lease that ends while its records are posted", () => {
  it("costs nothing where the same isolate is lent them again: the first consumer settles", async () => {
    const world = new World();
    const a = world.session("a", row("a", 3));
    let again: Promise<void> | undefined;
    world.reply = () => {
      world.now += LEASE_MS + 1;
      again = world.consume(claim("a"));
      return Response.json({});
    };
    await world.consume(claim("a"));
    await again;
    expect(world.posted.map(({ names }) => names)).toEqual([["a/1", "a/2", "a/3"]]);
    expect(a.delivered).toEqual([1, 2, 3]);
  });

  it("costs a second POST of the same bytes by another, and each record is settled once", async () => {
    const world = new World();
    const a = world.session("a", row("a", 3));
    let again: Promise<void> | undefined;
    world.reply = (_posted, count) => {
      if (count === 1) {
        // The isolate stood still: its POST comes back long after its timeout.
        world.now += LEASE_MS + 1;
        world.underWay = new Map();
        again = world.consume(claim("a"));
      }
      return Response.json({});
    };
    await world.consume(claim("a"));
    await again;
    expect(world.posted.map(({ names }) => names)).toEqual([
      ["a/1", "a/2", "a/3"],
      ["a/1", "a/2", "a/3"],
    ]);
    expect(new Set(world.posted.map(({ body }) => body)).size).toBe(1);
    expect(a.delivered).toEqual([1, 2, 3]);
    expect(a.outbox).toEqual([]);
  });

  it("has no say any more about records that another lease holds", async () => {
    const world = new World();
    const a = world.session("a", row("a", 2));
    let again: Promise<void> | undefined;
    world.reply = (_posted, count) => {
      if (count > 1) return Response.json({});
      world.now += LEASE_MS + 1;
      world.underWay = new Map();
      again = world.consume(claim("a"));
      return Response.json({}, { status: 503 });
    };
    await world.consume(claim("a"));
    await again;
    expect(a.delivered).toEqual([1, 2]);
    expect(a.dead).toEqual([]);
  });
});

it("a record that failed alone is settled as soon as others are taken, not at the end of the pass", async () => {
  const PROVEN = { apart: true, proven: true };
  const records = Array.from({ length: 40 }, (_, lease) => encodedRecord(lease, 0));
  const finished: number[] = [];
  const { delivery } = await run(
    { leases: 40, records },
    { before: (_post, names) => (names.includes("0/0") ? json(500, {}) : undefined) },
    {
      plans: { observation: PROVEN, score: PROVEN },
      before: records.map(() => ({ failing: { observation: { tries: 3, since: 0, alone: 2 } } })),
      // Each POST is of one session.
      limits: { bytes: 1e6, count: { observation: 1, score: 1 } },
      finished: async (some) => void finished.push(...some),
    },
  );
  expect(delivery.leases[0]).toEqual({ delivered: [], dead: [], setAside: [0] });
  expect(finished.indexOf(0)).toBeLessThan(10);
});

it("who wants two slots at once gets them together, and nobody is passed over", async () => {
  const slots = new PostSlots(2);
  const order: string[] = [];
  const take = async (name: string, wanted: number): Promise<void> => {
    await slots.take(wanted);
    order.push(name);
  };
  await take("a", 1);
  const all = [take("both", 2), take("b", 1), take("c", 9)];
  await Promise.resolve();
  expect(order).toEqual(["a"]);
  slots.release();
  await all[0];
  expect(order).toEqual(["a", "both"]);
  slots.release(2);
  await all[1];
  expect(order).toEqual(["a", "both", "b"]);
  slots.release();
  // More than there are: all of them.
  await all[2];
  expect(order).toEqual(["a", "both", "b", "c"]);
});

describe("posts side by side", () => {
  it("of all projects at once fit a Worker's six connections", () => {
    for (const projects of [1, 2, 3]) {
      expect(projects * postsAtOnce(projects)).toBeLessThanOrEqual(6);
      expect(postsAtOnce(projects)).toBeGreaterThan(0);
    }
  });

  it("wait for each other, first come, first served", async () => {
    const slots = new PostSlots(2);
    const order: number[] = [];
    const all = [0, 1, 2, 3].map(async (n) => {
      await slots.take();
      order.push(n);
    });
    await Promise.all(all.slice(0, 2));
    expect(order).toEqual([0, 1]);
    slots.release();
    await all[2];
    expect(order).toEqual([0, 1, 2]);
    slots.release();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it("of two kinds and two projects that hang are never more than that", async () => {
    const world = new World();
    let [open, most] = [0, 0];
    for (let n = 0; n < 30; n += 1) world.session(`s${n}`, row(`s${n}`, 1));
    for (let n = 0; n < 30; n += 1) world.session(`t${n}`, row(`t${n}`, 1));
    world.reply = async () => {
      open += 1;
      most = Math.max(most, open);
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      open -= 1;
      return Response.json({}, { status: 503 });
    };
    // A first failure, after which sessions are posted apart.
    await world.consume(claim("s0"), claim("t0", OTHER.publicKey));
    world.now += 10_000;
    const ids = Array.from({ length: 29 }, (_, n) => n + 1);
    await world.consume(...ids.flatMap((n) => [claim(`s${n}`), claim(`t${n}`, OTHER.publicKey)]));
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(6);
  });
});
