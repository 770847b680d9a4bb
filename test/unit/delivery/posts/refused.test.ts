import { describe, expect, it } from "vitest";
import { MAX_POSTS } from "../../../../src/delivery/posts/post-slots.ts";
import { type Fate, json, row, run, type Script } from "../scripted-langfuse.ts";

describe("a refused request (400)", () => {
  it("costs few posts to find one guilty record among many", async () => {
    const { delivery, langfuse } = await run(
      row(1000),
      { fates: new Map([["0/700", "refused"]]) },
      { limits: { bytes: 1e6, count: { observation: 1000, score: 100 } } },
    );
    expect(delivery.leases[0]?.delivered).toHaveLength(999);
    expect(delivery.leases[0]?.dead).toEqual([
      { ordinal: 700, reason: "refused", message: "bad record in 0/700" },
    ]);
    expect(langfuse.requests.length).toBeLessThanOrEqual(22);
    expect(langfuse.requests.length).toBeLessThan(MAX_POSTS);
  });

  it("marks no record dead when the request itself is at fault", async () => {
    const before = (): Response => json(400, { error: "Failed to parse OTel JSON Trace" });
    const { delivery, langfuse } = await run(row(16), { before });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused", kinds: ["observation"] } },
    ]);
    expect(delivery.failure).toMatchObject({ class: "request_refused" });
    expect(langfuse.requests.length).toBeLessThanOrEqual(9);
  });

  it("nor when two are refused alone in the same unknown words and none was taken", async () => {
    const { delivery } = await run(row(4), { before: () => json(400, { error: "no" }) });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused", kinds: ["observation"] } },
    ]);
  });

  it("nor a record that is alone when the words speak of the request", async () => {
    const { delivery } = await run(row(1), {
      before: () => json(400, { error: "Invalid content type" }),
    });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused", kinds: ["observation"] } },
    ]);
    expect(delivery.failure).toMatchObject({ class: "request_refused" });
  });

  it("nor a record that is alone, whatever the words: nothing shows that others are taken", async () => {
    const before = (): Response => json(400, { error: "no" });
    const { delivery } = await run(row(1), { before });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused", kinds: ["observation"] } },
    ]);
    // Another consumer's deliveries show it, but not that this request was right: it waits by itself in the end.
    const failing = { observation: { tries: 5, since: -9, last: -1, alone: 2 } };
    const { delivery: later } = await run(
      row(1),
      { before },
      { lastDelivery: async () => 0, before: [{ failing }] },
    );
    expect(later.leases).toEqual([{ delivered: [], dead: [], setAside: [0] }]);
  });

  it("finds two bad neighbours at the head: records from elsewhere are posted before the request is blamed", async () => {
    const fates = new Map<string, Fate>([
      ["0/0", "refused"],
      ["0/1", "refused"],
    ]);
    const words = (): string => "no";
    const { delivery, langfuse } = await run(row(40), { fates, words });
    expect(delivery.leases[0]?.delivered).toHaveLength(38);
    expect(delivery.leases[0]?.dead.map(({ ordinal }) => ordinal)).toEqual([0, 1]);
    expect(delivery.failure).toBeUndefined();
    expect(langfuse.requests.length).toBeLessThan(20);
  });

  it("marks two dead in the same words when those speak of the record, and goes on", async () => {
    const fates = new Map<string, Fate>([
      ["0/0", "refused"],
      ["0/1", "refused"],
    ]);
    const words = (): string => "1 of 1 span(s) cannot be processed (spanId:absent).";
    const { delivery } = await run(row(3), { fates, words });
    expect(delivery.leases[0]?.dead.map(({ ordinal }) => ordinal)).toEqual([0, 1]);
    expect(delivery.leases[0]?.delivered).toEqual([2]);
    expect(delivery.failure).toBeUndefined();
  });

  it("marks records dead in any words once another record of the kind was taken", async () => {
    const fates = new Map<string, Fate>([
      ["0/1", "refused"],
      ["0/2", "refused"],
    ]);
    const words = (): string => "Failed to parse OTel JSON Trace";
    const { delivery } = await run(row(4), { fates, words });
    expect(delivery.leases[0]?.delivered).toEqual([0, 3]);
    expect(delivery.leases[0]?.dead.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
  });

  it("leaves an unproven record when the pass breaks off", async () => {
    const before: Script["before"] = (post) =>
      post <= 2 ? json(400, { error: "no" }) : json(503, {});
    const { delivery } = await run(row(2), { before });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "unavailable", kinds: ["observation"] } },
    ]);
  });
});

describe("a 200 that rejected some spans", () => {
  const partial = (guilty: readonly string[], says: (names: string[]) => string): Script => ({
    before: (_post, names) => {
      const met = names.filter((name) => guilty.includes(name));
      if (met.length === 0) return undefined;
      return json(200, {
        partialSuccess: { rejectedSpans: String(met.length), errorMessage: says(met) },
      });
    },
  });

  it("is split until only the guilty are left, which are kept with its words", async () => {
    const { delivery } = await run(
      row(16),
      partial(["0/5", "0/11"], () => "too old"),
    );
    expect(delivery.leases[0]?.delivered).toHaveLength(14);
    expect(delivery.leases[0]?.dead).toEqual([
      { ordinal: 5, reason: "refused", message: "too old" },
      { ordinal: 11, reason: "refused", message: "too old" },
    ]);
  });

  it("costs no second post where the words name them", async () => {
    const { delivery, langfuse } = await run(
      row(8),
      partial(["0/3"], (names) => `span ${names.join()} is too old`),
    );
    expect(langfuse.requests).toHaveLength(1);
    expect(delivery.leases[0]?.delivered).toHaveLength(7);
    expect(delivery.leases[0]?.dead).toMatchObject([{ ordinal: 3 }]);
  });
});
