import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliver, type Delivery, MAX_POSTS } from "../../../src/delivery/deliver.ts";
import type { Parcel } from "../../../src/delivery/pack.ts";
import { bodyOf } from "../../../src/langfuse/encode.ts";
import type { Send } from "../../../src/langfuse/post.ts";
import { posterTo } from "../../../src/langfuse/poster.ts";
import { nameOf, parcel, parcels } from "./arbitrary-parcels.ts";

type Fate = "taken" | "refused" | "too_large";

interface Script {
  /** What Langfuse does with a request that holds the record; `taken` where nothing is said. */
  fates?: Map<string, Fate>;
  /** Answers before anything else, by number of the post from 1. */
  before?: (post: number, names: string[]) => Response | undefined;
  /** Requests of more bytes than this are too large. */
  maxBytes?: number;
  words?: (names: string[]) => string;
}

const json = (status: number, body: unknown, headers?: Record<string, string>): Response =>
  Response.json(body, { status, ...(headers && { headers }) });

/** A Langfuse in memory: it takes a request whole or not at all, like the real one. */
class ScriptedLangfuse {
  /** Names of the records of each request, in order. */
  readonly requests: string[][] = [];
  readonly taken: string[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  readonly send: Send = async (request) => {
    const stream = request.body?.pipeThrough(new DecompressionStream("gzip"));
    const body = await new Response(stream ?? null).text();
    const names = [...body.matchAll(/\d+\/\d+/g)].map(([name]) => name);
    this.requests.push(names);
    const { fates, before, maxBytes = Number.POSITIVE_INFINITY, words } = this.#script;
    const early = before?.(this.requests.length, names);
    if (early) return early;
    const met = new Set(names.map((name) => fates?.get(name) ?? "taken"));
    if (met.has("too_large") || body.length > maxBytes) return json(413, "too large");
    if (met.has("refused")) {
      const guilty = names.filter((name) => fates?.get(name) === "refused");
      return json(400, { error: words?.(guilty) ?? `bad record in ${guilty.join(" ")}` });
    }
    this.taken.push(...names);
    return json(200, {});
  };
}

const project = { publicKey: "pk", secretKey: "sk", baseUrl: "http://langfuse.test" };

async function run(
  given: { leases: number; parcels: Parcel[] },
  script: Script,
  more: Partial<Parameters<typeof deliver>[2]> = {},
): Promise<{ delivery: Delivery; langfuse: ScriptedLangfuse }> {
  const langfuse = new ScriptedLangfuse(script);
  const { send } = langfuse;
  const post = posterTo({ send, project, extraHeaders: {}, timeoutMs: 5000, now: () => 0 });
  const delivery = await deliver(given.parcels, given.leases, {
    post,
    barred: () => undefined,
    limits: { bytes: 1000, count: { observation: 20, score: 5 } },
    ...more,
  });
  return { delivery, langfuse };
}

/** Every record once: delivered, dead with a reason, or left because its lease says why. */
function ends({ leases }: Delivery, given: Parcel[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const [lease, { delivered, dead }] of leases.entries()) {
    for (const ordinal of delivered) add(nameOf({ lease, ordinal }), "delivered");
    for (const { ordinal, reason } of dead) add(nameOf({ lease, ordinal }), reason);
  }
  for (const one of given) {
    if (result.has(nameOf(one))) continue;
    expect(leases[one.lease]?.retry).toBeDefined();
    result.set(nameOf(one), "left");
  }
  expect(result.size).toBe(given.length);
  return result;

  function add(name: string, end: string): void {
    expect(result.has(name)).toBe(false);
    result.set(name, end);
  }
}

const row = (count: number, kind?: Parcel["kind"]): { leases: number; parcels: Parcel[] } => ({
  leases: 1,
  parcels: Array.from({ length: count }, (_, ordinal) => parcel(0, ordinal, 10, kind)),
});

const fate = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fate>("taken") },
  { weight: 1, arbitrary: fc.constant<Fate>("refused") },
  { weight: 1, arbitrary: fc.constant<Fate>("too_large") },
);

const scripted = parcels.chain((given) =>
  fc.record({
    given: fc.constant(given),
    fates: fc
      .array(fate, { minLength: given.parcels.length, maxLength: given.parcels.length })
      .map(
        (all) => new Map(given.parcels.map((one, index) => [nameOf(one), all[index] ?? "taken"])),
      ),
  }),
);

describe("whatever Langfuse refuses", { timeout: 30_000 }, () => {
  it("the guilty are buried with its words, the others delivered, each exactly once", async () => {
    await fc.assert(
      fc.asyncProperty(scripted, async ({ given, fates }) => {
        const { delivery, langfuse } = await run(given, { fates }, { maxPosts: 1000 });
        const result = ends(delivery, given.parcels);
        for (const one of given.parcels) {
          const met = fates.get(nameOf(one));
          expect(result.get(nameOf(one))).toBe(met === "taken" ? "delivered" : met);
        }
        expect(new Set(langfuse.taken).size).toBe(langfuse.taken.length);
        expect(delivery.failure).toBeUndefined();
      }),
    );
  });

  it("each record ends once, in order, when it also fails at random and posts are few", async () => {
    const failures = fc.array(
      fc.constantFrom(undefined, undefined, undefined, 500, 429, 401, 302, 418),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        scripted,
        failures,
        fc.integer({ min: 1, max: 30 }),
        async (one, codes, maxPosts) => {
          const before: Script["before"] = (post) => {
            const code = codes[post - 1];
            return code === undefined ? undefined : json(code, {});
          };
          const { delivery, langfuse } = await run(
            one.given,
            { fates: one.fates, before },
            { maxPosts },
          );
          const result = ends(delivery, one.given.parcels);
          expect(langfuse.requests.length).toBeLessThanOrEqual(maxPosts);
          expect(delivery.posts).toBe(langfuse.requests.length);
          const delivered = [...result]
            .filter(([, end]) => end === "delivered")
            .map(([name]) => name);
          expect(new Set(delivered)).toEqual(new Set(langfuse.taken));
          expect(new Set(langfuse.taken).size).toBe(langfuse.taken.length);
          expectOrder(one.given.parcels, result);
          for (const [name, end] of result) {
            if (end !== "delivered" && end !== "left") expect(one.fates.get(name)).toBe(end);
          }
        },
      ),
    );
  });

  /** Within a lease and a kind, nothing is delivered after something that was left. */
  function expectOrder(given: Parcel[], result: Map<string, string>): void {
    const left = new Set<string>();
    for (const one of given) {
      const line = `${one.lease} ${one.kind}`;
      const end = result.get(nameOf(one));
      if (end === "left") left.add(line);
      if (end === "delivered") expect(left.has(line)).toBe(false);
    }
  }
});

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

  it("buries nothing when the request itself is at fault", async () => {
    const before = (): Response => json(400, { error: "Failed to parse OTel JSON Trace" });
    const { delivery, langfuse } = await run(row(16), { before });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused" } },
    ]);
    expect(delivery.failure).toMatchObject({ class: "request_refused" });
    expect(langfuse.requests.length).toBeLessThanOrEqual(6);
  });

  it("nor when two are refused alone in the same unknown words and none was taken", async () => {
    const { delivery } = await run(row(4), { before: () => json(400, { error: "no" }) });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused" } },
    ]);
  });

  it("nor a record that is alone when the words speak of the request", async () => {
    const { delivery } = await run(row(1), {
      before: () => json(400, { error: "Invalid content type" }),
    });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused" } },
    ]);
    expect(delivery.failure).toMatchObject({ class: "request_refused" });
  });

  it("buries a record that is alone when the words don't", async () => {
    const { delivery } = await run(row(1), { before: () => json(400, { error: "no" }) });
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [{ ordinal: 0, reason: "refused", message: "no" }] },
    ]);
    expect(delivery.failure).toBeUndefined();
  });

  it("buries two in the same words when those speak of the record, and goes on", async () => {
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

  it("buries in any words once another record of the kind was taken", async () => {
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
      { delivered: [], dead: [], retry: { reason: "unavailable" } },
    ]);
  });
});

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

  it("buries the record that is too large alone, with what was said", async () => {
    const { delivery } = await run(row(3), { fates: new Map([["0/1", "too_large"]]) });
    expect(delivery.leases).toEqual([
      { delivered: [0, 2], dead: [{ ordinal: 1, reason: "too_large", message: '"too large"' }] },
    ]);
  });

  const bodySize = (count: number): number =>
    bodyOf(
      "observation",
      row(count).parcels.map(({ text }) => text),
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
    const given = { leases: 2, parcels: [parcel(0, 1), parcel(1, 1, 2000), parcel(1, 2)] };
    const { delivery, langfuse } = await run(given, { before: () => json(status, {}) });
    expect(delivery.leases.map(({ retry }) => retry?.reason)).toEqual([failureClass, failureClass]);
    expect(delivery.failure).toEqual({ class: failureClass, status });
    expect(langfuse.requests).toHaveLength(1);
  });

  it("passes on when to come again", async () => {
    const before = (): Response => json(429, {}, { "retry-after": "12" });
    const { delivery } = await run(row(1), { before });
    expect(delivery.leases[0]?.retry).toEqual({ reason: "rate_limited", afterMs: 12_000 });
    expect(delivery.failure).toMatchObject({ retryAfterMs: 12_000 });
  });

  it("keeps what was delivered before it", async () => {
    const before: Script["before"] = (post) => (post === 2 ? json(500, {}) : undefined);
    const { delivery } = await run(
      row(3),
      { before },
      {
        limits: { bytes: 1e6, count: { observation: 1, score: 1 } },
      },
    );
    expect(delivery.leases).toEqual([
      { delivered: [0], dead: [], retry: { reason: "unavailable" } },
    ]);
  });
});

describe("an answer that speaks of each event (207)", () => {
  const events = (...errors: { id: string; status: number; message?: string }[]): Script => ({
    before: () => json(207, { successes: [], errors }),
  });

  it("sorts them one by one", async () => {
    const { delivery } = await run(
      { leases: 2, parcels: [...row(3, "score").parcels, parcel(1, 0, 10, "score")] },
      events(
        { id: "0/0", status: 400, message: "bad value" },
        { id: "1/0", status: 500, message: "oh" },
        { id: "not ours", status: 400 },
      ),
    );
    expect(delivery.leases).toEqual([
      { delivered: [1, 2], dead: [{ ordinal: 0, reason: "refused", message: "bad value" }] },
      { delivered: [], dead: [], retry: { reason: "unavailable" } },
    ]);
    expect(delivery.failure).toEqual({ class: "unavailable", status: 500 });
  });

  it("buries nothing when such events are not taken at all", async () => {
    const { delivery } = await run(
      row(1, "score"),
      events({ id: "0/0", status: 400, message: "Event type not accepted" }),
    );
    expect(delivery.leases).toEqual([
      { delivered: [], dead: [], retry: { reason: "request_refused" } },
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
      retry: { reason: "unauthorized" },
    });
  });
});

describe("a lease that may not be posted any more", () => {
  it("is left with its reason, and the others go on", async () => {
    let asked = 0;
    const barred = (lease: number): string | undefined => {
      asked += 1;
      return lease === 0 && asked > 1 ? "lease_too_short" : undefined;
    };
    const given = { leases: 2, parcels: [parcel(0, 0), parcel(0, 1), parcel(1, 0)] };
    const { delivery, langfuse } = await run(
      given,
      {},
      {
        barred,
        limits: { bytes: 1e6, count: { observation: 1, score: 1 } },
      },
    );
    expect(langfuse.requests).toEqual([["0/0"], ["1/0"]]);
    expect(delivery.leases).toEqual([
      { delivered: [0], dead: [], retry: { reason: "lease_too_short" } },
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
    expect(delivery.leases).toEqual([{ delivered: [0], dead: [], retry: { reason: "pass_full" } }]);
  });
});

it("posts observations before scores", async () => {
  const given = { leases: 1, parcels: [parcel(0, 0, 10, "score"), parcel(0, 1)] };
  const { langfuse } = await run(given, {});
  expect(langfuse.requests).toEqual([["0/1"], ["0/0"]]);
});
