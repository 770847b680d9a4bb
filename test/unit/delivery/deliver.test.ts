import { describe, expect, it } from "vitest";
import { requestBody } from "../../../src/langfuse/encode.ts";
import type { RetryReason } from "../../../src/protocol/session/settle-calls.ts";
import { encodedRecord } from "./posts/arbitrary-encoded.ts";
import { json, row, run, type Script } from "./scripted-langfuse.ts";

const APART = { apart: true, proven: true };

describe("a request that is too large (413)", () => {
  it("is split until it fits, and later ones are split before they are posted", async () => {
    const { delivery, langfuse } = await run(
      row(64),
      { maxBytes: bodySize(8) },
      {
        limits: { bytes: 1e6, count: { observation: 32, score: 1 } },
      },
    );
    expect(delivery.leases[0]?.delivered).toHaveLength(64);
    const sizes = langfuse.requests.map((names) => names.length);
    expect(sizes.filter((size) => size > 8)).toEqual([32, 16]);
  });

  it("marks the record dead that is too large alone, with what was said", async () => {
    const { delivery } = await run(row(3), { fates: new Map([["0/1", "too_large"]]) });
    expect(delivery.leases).toEqual([
      { delivered: [0, 2], dead: [{ ordinal: 1, reason: "too_large", message: '"too large"' }] },
    ]);
  });

  const bodySize = (count: number): number =>
    requestBody(
      "observation",
      row(count).records.map(({ text }) => text),
    ).length;
});

describe("an answer that is not about the records", () => {
  it.each([
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "wrong_url"],
    [302, "wrong_url"],
    [429, "rate_limited"],
    [503, "unavailable"],
    [418, "unknown_answer"],
  ])("%d leaves everything and stops", async (status, failureClass) => {
    const given = {
      leases: 2,
      records: [encodedRecord(0, 1), encodedRecord(1, 1, 2000), encodedRecord(1, 2)],
    };
    const { delivery, langfuse } = await run(given, { before: () => json(status, {}) });
    // What was not in the request was not tried.
    expect(delivery.leases.map(({ retry }) => retry?.reason)).toEqual([failureClass, "not_tried"]);
    expect(delivery.failure).toMatchObject({ class: failureClass, status });
    expect(delivery.stopped).toBe(true);
    expect(langfuse.requests).toHaveLength(1);
  });

  it("passes on when to come again", async () => {
    const before = (): Response => json(429, {}, { "retry-after": "12" });
    const { delivery } = await run(row(1), { before });
    expect(delivery.leases[0]?.retry).toEqual({
      reason: "rate_limited",
      afterMs: 12_000,
      kinds: ["observation"],
    });
    expect(delivery.failure).toMatchObject({ retryAfterMs: 12_000 });
  });

  describe("after others were taken", () => {
    const deliverThree = (alone: number, guilty: string) => {
      const before: Script["before"] = (_post, names) =>
        names.includes(guilty) ? json(500, {}) : undefined;
      const observation = { tries: 9, since: 0, last: 0, alone };
      return run(
        row(3),
        { before },
        {
          limits: { bytes: 1e6, count: { observation: 1, score: 1 } },
          plans: { observation: APART, score: APART },
          before: [{ failing: { observation } }],
          lastDelivery: async () => 1,
        },
      );
    };

    it("holds up what is behind the record, since Langfuse may have gone down just then", async () => {
      const { delivery } = await deliverThree(2, "0/1");
      const left = { reason: "unavailable", alone: true };
      const retry = {
        reason: "unavailable",
        kinds: ["observation"],
        byKind: { observation: left },
      };
      expect(delivery.leases).toEqual([{ delivered: [0], dead: [], retry }]);
      expect(delivery.stopped).toBe(false);
    });

    it("is blamed on the record the third time: what is behind it goes on", async () => {
      const { delivery } = await deliverThree(2, "0/0");
      expect(delivery.leases).toEqual([{ delivered: [1, 2], dead: [], setAside: [0] }]);
      expect(delivery.stopped).toBe(false);
    });
  });
});

describe("an answer that speaks of each event (207)", () => {
  const events = (...errors: { id: string; status: number; message?: string }[]): Script => ({
    before: () => json(207, { successes: [], errors }),
  });

  it("sorts them one by one", async () => {
    const { delivery } = await run(
      { leases: 2, records: [...row(3, "score").records, encodedRecord(1, 0, 10, "score")] },
      events(
        { id: "0/0", status: 400, message: "bad value" },
        { id: "1/0", status: 500, message: "oh" },
        { id: "not ours", status: 400 },
      ),
    );
    expect(delivery.leases).toEqual([
      { delivered: [1, 2], dead: [{ ordinal: 0, reason: "refused", message: "bad value" }] },
      { delivered: [], dead: [], retry: { reason: "unavailable", kinds: ["score"] } },
    ]);
    expect(delivery.failure).toMatchObject({ class: "unavailable", status: 500 });
    expect(delivery.kinds).toEqual([
      { kind: "score", delivered: 2, dead: 1, failure: { class: "unavailable" } },
    ]);
  });

  it("marks none dead when such events are not taken at all", async () => {
    const { delivery } = await run(
      row(1, "score"),
      events({ id: "0/0", status: 400, message: "Event type not accepted" }),
    );
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused", kinds: ["score"] } },
    ]);
  });

  it("leaves all for the keys", async () => {
    const { delivery } = await run(
      row(2, "score"),
      events({ id: "0/0", status: 401 }, { id: "0/1", status: 401 }),
    );
    expect(delivery.leases[0]).toEqual({
      delivered: [],
      dead: [],
      retry: { reason: "unauthorized", kinds: ["score"] },
    });
  });
});

describe("a lease that may not be posted any more", () => {
  it("is left with its reason, and the others go on", async () => {
    let asked = 0;
    const stopReason = (lease: number): RetryReason | undefined => {
      asked += 1;
      return lease === 0 && asked > 1 ? "lease_too_short" : undefined;
    };
    const given = {
      leases: 2,
      records: [encodedRecord(0, 0), encodedRecord(0, 1), encodedRecord(1, 0)],
    };
    const { delivery, langfuse } = await run(
      given,
      {},
      {
        stopReason,
        limits: { bytes: 1e6, count: { observation: 1, score: 1 } },
      },
    );
    expect(langfuse.requests).toEqual([["0/0"], ["1/0"]]);
    expect(delivery.leases).toEqual([
      {
        delivered: [0],
        dead: [],
        // Some of it passed: it begins anew.
        retry: {
          reason: "lease_too_short",
          kinds: ["observation"],
          byKind: { observation: { reason: "lease_too_short", passes: true } },
        },
      },
      { delivered: [0], dead: [] },
    ]);
    expect(delivery.failure).toBeUndefined();
  });

  it("is left when the posts of a pass are used up", async () => {
    const { delivery } = await run(
      row(2),
      {},
      {
        maxPosts: 1,
        limits: { bytes: 1e6, count: { observation: 1, score: 1 } },
      },
    );
    expect(delivery.leases).toEqual([
      {
        delivered: [0],
        dead: [],
        // Some of it passed: it begins anew.
        retry: {
          reason: "pass_full",
          kinds: ["observation"],
          byKind: { observation: { reason: "pass_full", passes: true } },
        },
      },
    ]);
  });
});

it("posts observations before scores", async () => {
  const given = { leases: 1, records: [encodedRecord(0, 0, 10, "score"), encodedRecord(0, 1)] };
  const { langfuse } = await run(given, {});
  expect(langfuse.requests).toEqual([["0/1"], ["0/0"]]);
});

describe("a kind that failed lately beside one that goes well", () => {
  const records = [0, 1, 2, 3, 4].flatMap((lease) => [
    encodedRecord(lease, 0),
    encodedRecord(lease, 9, 10, "score"),
  ]);
  const [apart, well] = [
    { apart: true, proven: false },
    { apart: false, proven: true },
  ];

  it.each([
    ["scores", { observation: apart, score: well }, ["0/9", "1/9", "2/9", "3/9", "4/9"]],
    ["observations", { observation: well, score: apart }, ["0/0", "1/0", "2/0", "3/0", "4/0"]],
  ])("has no connection before it: %s go first", async (_kind, plans, first) => {
    const { langfuse } = await run({ leases: 5, records }, {}, { plans, postsAtOnce: 1 });
    expect(langfuse.requests[0]).toEqual(first);
  });
});
