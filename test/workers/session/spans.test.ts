// Complete spans in objects on the platform: evicted, alarmed, claimed twice, delivered by a consumer that died; and
// in the hands of a version that knows of none.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { AppendRequest, CompleteSpan } from "../../../src/protocol/session/append-calls.ts";
import { FIRST_VERSION, FORMAT_VERSION } from "../../../src/session/journal/migrations.ts";
import {
  AFTER_EVICTION,
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  received,
  request,
  type TestSession,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const ORIGIN = { resource: "{}", scope: '{"scope":{"name":"langfuse-sdk"}}' };
const ASKED = { maxBytes: 1_000_000, spans: true as const };

const spanOf = (name: string, more: Partial<CompleteSpan> = {}): CompleteSpan => {
  const [id, root] = [name, "a"].map((one) => one.padStart(16, "0")) as [string, string];
  const at = Date.now();
  const span = {
    traceId: TRACE,
    spanId: id,
    ...(id !== root && { parentSpanId: root }),
    name,
    kind: 1,
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + 1}000000`,
    attributes: [],
    status: {},
  };
  const text = JSON.stringify(span);
  return { traceId: TRACE, id, name, startTime: at, span: text, origin: "o", ...more };
};
const exported = (...items: CompleteSpan[]): AppendRequest => ({
  project: PROJECT,
  writer: "server",
  actions: [],
  spans: { items, origins: { o: ORIGIN } },
});
const headOf = (session: TestSession): Promise<number> =>
  runInDurableObject(session.stub(), (_object, { storage }) =>
    Number(storage.kv.get<string>("journal/00000000")?.split("\n")[0]),
  );

describe("spans", () => {
  it("go on through an eviction after each request, and are delivered once", async () => {
    const session = newSession();
    for (const name of ["a", "b", "c"]) {
      await session.stub().append(exported(spanOf(name)));
      await evictDurableObject(session.stub());
    }
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    expect(await received()).toEqual({ spans: ["a x1", "b x1", "c x1"], findings: [] });
    await evictDurableObject(session.stub());
    moveClock(300);
    expect(await session.stub().lease(ASKED)).toEqual({ reason: "empty" });
    expect(await session.stub().pending()).toEqual({ pending: 0, sealed: 0 });
  });

  it("that an exporter sends again are known, also after an eviction and a delivery", async () => {
    const session = newSession();
    const first = spanOf("a");
    await session.stub().append(exported(first));
    for (const delivered of [false, true]) {
      if (delivered) await consumeClaims(claimOf(session));
      await evictDurableObject(session.stub());
      const { results } = await session.stub().append(exported(first));
      expect(results).toEqual([{ status: "repeat" }]);
      moveClock(AFTER_EVICTION);
    }
    expect(await received()).toEqual({ spans: ["a x1"], findings: [] });
  });

  it("are claimed by the alarm where the claim was lost", async () => {
    const session = newSession();
    const send = vi.spyOn(env.CLAIMS, "send").mockRejectedValue(new Error("no queue"));
    await session.stub().append(exported(spanOf("a")));
    await evictDurableObject(session.stub());
    moveClock(36);
    send.mockResolvedValue({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
    expect(await runDurableObjectAlarm(session.stub())).toBe(true);
    const claimed = send.mock.calls.at(-1)?.[0];
    expect(claimed?.object).toBe(session.id.toString());
    await consumeClaims(claimed);
    expect(await received()).toEqual({ spans: ["a x1"], findings: [] });
  });

  it("that a consumer had when it died are leased again in the same bytes, to one alone", async () => {
    const session = newSession();
    await session.stub().append(exported(spanOf("a"), spanOf("b")));
    const { lease: first } = await session.stub().lease(ASKED);
    await session.stub().append(exported(spanOf("c")));
    await evictDurableObject(session.stub());
    expect(await session.stub().lease(ASKED)).toEqual({ reason: "leased" });
    moveClock(121);
    const { lease: again } = await session.stub().lease(ASKED);
    expect(again?.records.slice(0, 2)).toEqual(first?.records);
    expect(again?.origins).toEqual({ o: ORIGIN });
    // The one that was thought dead is believed about what it delivered.
    const delivered = first?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: first?.id ?? 0, delivered, dead: [] });
    expect(await session.stub().pending()).toEqual({ pending: 1, sealed: 1 });
    const rest = again?.records.map(({ ordinal }) => ordinal) ?? [];
    const { repeated } = await session
      .stub()
      .settle({ lease: again?.id ?? 0, delivered: rest, dead: [] });
    expect([repeated, await session.stub().pending()]).toEqual([2, { pending: 0, sealed: 0 }]);
  });

  it("are delivered once by a queue that hands a claim over twice", async () => {
    const session = newSession();
    await session.stub().append(exported(spanOf("a")));
    const results = await consumeClaims(claimOf(session), claimOf(session), claimOf(session));
    expect(results).toMatchObject({ outcome: "ok", ackAll: true });
    await consumeClaims(claimOf(session));
    expect(await received()).toEqual({ spans: ["a x1"], findings: [] });
  });
});

describe("a journal with spans", () => {
  it("has a format that versions before them do not touch, for as long as some wait", async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps()));
    expect(await headOf(session)).toBe(FIRST_VERSION);
    await session.stub().append(exported(spanOf("a")));
    expect(await headOf(session)).toBe(FORMAT_VERSION);
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    expect((await received()).spans.toSorted()).toEqual(["a x1", "call x1", "trace x1", "ui x1"]);
    // Nothing waits: a version before spans could go on with it.
    expect(await headOf(session)).toBe(FIRST_VERSION);
    await evictDurableObject(session.stub());
    const { results } = await session.stub().append(exported(spanOf("a")));
    expect(results).toEqual([{ status: "repeat" }]);
  });

  it("of a version that did not say so is taken over as it is", async () => {
    const session = newSession();
    await session.stub().append(exported(spanOf("a")));
    await runInDurableObject(session.stub(), (_object, { storage }) => {
      const chunk = storage.kv.get<string>("journal/00000000") ?? "";
      storage.kv.put("journal/00000000", chunk.replace(/^\d+/, String(FIRST_VERSION)));
    });
    await evictDurableObject(session.stub());
    await session.stub().append(exported(spanOf("b")));
    expect(await headOf(session)).toBe(FORMAT_VERSION);
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    expect(await received()).toEqual({ spans: ["a x1", "b x1"], findings: [] });
  });
});

describe("spans in a lane", () => {
  const lane = (...items: CompleteSpan[]): AppendRequest => ({ ...exported(...items), lane: true });
  const OTHER = "f".repeat(32);

  it("are forgotten with their session, by its name or its traces, and refused for a day", async () => {
    const session = newSession();
    const its = spanOf("a", { session: "ada" });
    await session.stub().append(lane(its, spanOf("b"), spanOf("c", { traceId: OTHER })));
    expect(await session.stub().forgetSession("ada")).toMatchObject({
      actions: 2,
      pending: 2,
      left: 1,
    });
    const stored = (): Promise<string> =>
      runInDurableObject(session.stub(), (_object, { storage }) =>
        JSON.stringify([...storage.kv.list()]),
      );
    expect(await stored()).not.toContain("ada");
    const more = lane(spanOf("d"), spanOf("e", { traceId: OTHER }));
    const { results } = await session.stub().append(more);
    expect(results).toMatchObject([{ code: "session_deleted" }, { status: "accepted" }]);
    // Somebody else knows that the other trace is the session's, too.
    const told = await session.stub().forgetSession("ada", [OTHER]);
    expect(told).toMatchObject({ pending: 2, left: 0 });
    for (const evicted of [false, true]) {
      if (evicted) await evictDurableObject(session.stub());
      const late = lane(spanOf("f"), spanOf("g", { traceId: OTHER }));
      const refused = (await session.stub().append(late)).results;
      expect(refused).toMatchObject([{ code: "session_deleted" }, { code: "session_deleted" }]);
    }
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    expect(await received()).toEqual({ spans: [], findings: [] });
  });

  it("that name another session stay, whoever says that their trace is this one's", async () => {
    const session = newSession();
    const foreign = spanOf("b", { session: "bob" });
    await session.stub().append(lane(spanOf("a"), foreign));
    // Any page that has the public key can name any trace in its own session.
    expect(await session.stub().forgetSession("eve", [TRACE])).toMatchObject({
      pending: 1,
      left: 1,
    });
    const late = [spanOf("c", { session: "bob" }), spanOf("d")];
    const { results } = await session.stub().append(lane(...late));
    expect(results).toMatchObject([{ status: "accepted" }, { code: "session_deleted" }]);
    await consumeClaims(claimOf(session));
    expect((await received()).spans).toEqual(["b x1", "c x1"]);
  });

  it("that it has no room for go elsewhere, and are found there", async () => {
    const session = newSession();
    const large = (n: number, trace: string): CompleteSpan => {
      const text = JSON.stringify({ name: `${n}`, pad: "x".repeat(1_000_000) });
      return spanOf(String(n), { traceId: trace, span: text });
    };
    let kept = 0;
    for (; kept < 20; kept += 1) {
      const { results } = await session.stub().append(lane(large(kept, TRACE)));
      if (results[0]?.status !== "accepted") break;
    }
    expect(kept).toBeGreaterThan(8);
    expect(kept).toBeLessThan(14);
    const turnedAway = { ...large(99, OTHER), session: "ada" };
    const { results } = await session.stub().append(lane(turnedAway, large(0, TRACE)));
    expect(results).toMatchObject([
      { code: "session_full", elsewhere: true },
      { status: "repeat" },
    ]);
    // The trace stays where it went, also when there is room again.
    const { lease } = await session.stub().lease({ ...ASKED, maxBytes: 6_000_000 });
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    await evictDurableObject(session.stub());
    const { results: again } = await session.stub().append(lane(turnedAway));
    expect(again).toMatchObject([{ code: "session_full", elsewhere: true }]);
    expect(await session.stub().forgetSession("ada")).toMatchObject({ elsewhere: [OTHER] });
    expect(await session.stub().forgetSession("eve", [TRACE])).toMatchObject({
      elsewhere: [TRACE],
    });
    expect(await session.stub().forgetSession("eve")).not.toHaveProperty("elsewhere");
  });
});
