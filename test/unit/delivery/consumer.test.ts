import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { Project } from "../../../src/settings/index.ts";
import { claim, OTHER, PROJECT, row, T0, World } from "./consumer-world.ts";
import { observation, span } from "./memory-session.ts";

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
        began: T0,
        delivered: 3,
        dead: 0,
        kinds: [{ kind: "observation", delivered: 3, dead: 0 }],
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

  it("begins small in an isolate that Langfuse has not answered, so that its end costs few repeats", async () => {
    const world = new World();
    world.session("a", row("a", 30));
    world.session("b", row("b", 30));
    await world.consume(claim("a"));
    expect(world.posted.map(({ names }) => names.length)).toEqual([8, 16, 6]);
    await world.consume(claim("b"));
    expect(world.posted.map(({ names }) => names.length)).toEqual([8, 16, 6, 30]);
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
    expect(world.posted.map(({ body: _body, ...posted }) => posted)).toEqual(
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

  it("makes them wait too that hold spans as they came, or records that SAMPLING left out", async () => {
    const world = new World();
    const spans = world.session("spans", [span("spans", 1)]);
    const sampled = world.session("sampled", [{ ...observation("sampled", 1), sampledOut: true }]);
    await world.consume(claim("spans", "pk-gone"), claim("sampled", "pk-gone"));
    for (const { settlements } of [spans, sampled]) {
      expect(settlements).toMatchObject([{ delivered: [], retry: { reason: "not_configured" } }]);
    }
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

describe("a session whose journal could not be read", () => {
  it("is reported to health at once, also where nothing else is news or nothing waits", async () => {
    const world = new World();
    world.session("a", row("a", 1));
    await world.consume(claim("a"));
    expect(world.reports).toHaveLength(1);
    world.now += 1_000;
    const unreadable = { journals: 1, at: T0 };
    world.session("b", row("b", 1)).unreadable = unreadable;
    await world.consume(claim("b"));
    expect(world.reports.slice(1)).toMatchObject([{ unreadable }]);
    // Health knows: the same journals do not cost a report a pass.
    world.now += 1_000;
    world.session("b", row("b", 1)).unreadable = unreadable;
    await world.consume(claim("b"));
    expect(world.reports).toHaveLength(2);
    world.session("c", []).unreadable = { journals: 1, at: T0 + 1 };
    await world.consume(claim("c"));
    expect(world.reports).toHaveLength(3);
  });
});

describe("a Langfuse that fails", () => {
  it("leaves the records with reason and time, and is told to health", async () => {
    const world = new World();
    const a = world.session("a", row("a", 2));
    world.reply = () => Response.json({}, { status: 429, headers: { "retry-after": "9" } });
    await world.consume(claim("a"));
    expect(a.settlements).toEqual([
      {
        lease: 1,
        delivered: [],
        dead: [],
        retry: { reason: "rate_limited", afterMs: 9000, kinds: ["observation"] },
      },
    ]);
    expect(world.reports).toEqual([
      {
        at: T0,
        began: T0,
        delivered: 0,
        dead: 0,
        failure: { class: "rate_limited", retryAfterMs: 9000, message: "status 429 without words" },
        kinds: [
          {
            kind: "observation",
            delivered: 0,
            dead: 0,
            failure: { class: "rate_limited", retryAfterMs: 9000 },
          },
        ],
        pending: [["a", 2]],
      },
    ]);
    expect(world.logs).toMatchObject([
      { level: "warn", fields: { class: "rate_limited", status: 429 } },
    ]);
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
