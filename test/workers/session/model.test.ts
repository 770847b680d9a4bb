// The object itself, in workerd, against what its callers know: any sequence of requests, deliveries,
// evictions, alarms and failing writes ends with the books balanced.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { Change, ScoreChange } from "../../../src/protocol/change.ts";
import { langfuseTraceId } from "../../../src/protocol/ids.ts";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";
import type { SettleAnswer, Settlement } from "../../../src/protocol/session/settle-calls.ts";
import type { Ordered } from "../../../src/session/outbox/outbox-state.ts";
import {
  partArb,
  partOf,
  settlementOf,
  type Verdict,
  verdictArb,
} from "../../unit/session/verdicts.ts";
import {
  eachOnItsOwn,
  moveClock,
  newSession,
  request,
  spanChange,
  type TestSession,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

const stepArb = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("append" as const), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flush" as const), n: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), n: fc.oneof(fc.nat(3), fc.nat(90)) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("lease" as const), n: fc.constantFrom(1, 1_000_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(3),
      verdict: verdictArb,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("part" as const),
      which: fc.nat(3),
      verdict: verdictArb,
      known: partArb,
    }),
  },
  // A consumer with the claim, and the reservation that it carries.
  { weight: 2, arbitrary: fc.record({ do: fc.constant("claim" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("alarm" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const), n: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail" as const), n: fc.integer({ min: 1, max: 3 }) }),
  },
);

const DELIVERED: Verdict = { fates: ["delivered"], retry: undefined, next: undefined };

const MAX_TRIES = 10;

/** A page's turns one upon the other, each with a score, a straggler and an event of its own. */
function stories(): (Change | ScoreChange)[] {
  return Array.from({ length: 12 }, (_, n) => {
    const raw = `ui2-model-${n}`;
    const straggler = { ...spanChange("update", "ui", raw), fields: { output: "late" } };
    return [
      ...turnSteps(raw),
      { kind: "score" as const, trace: langfuseTraceId(raw), id: `score-${n}`, body: "{}" },
      straggler,
      { ...spanChange("create", "x", raw), type: "event" as const },
    ];
  }).flat();
}

/** A page and its consumers, and what each of them was told. */
class Callers {
  readonly #session: TestSession = newSession();
  readonly #story = stories();
  #sent = 0;
  readonly #requests: ReturnType<typeof request>[] = [];
  #reservation: number | undefined;
  accepted = 0;
  readonly #held: Lease[] = [];
  readonly #posted = new Map<string, string>();
  readonly #settled = new Map<string, number>();
  readonly #lastSeq = { observation: 0, score: 0 };

  async #call<T>(make: (stub: ReturnType<TestSession["stub"]>) => Promise<T>): Promise<T> {
    let failure: unknown;
    // A call meets one failing write, or one eviction, at a time.
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      try {
        return await make(this.#session.stub());
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async append(count: number, deliver = false): Promise<void> {
    const changes = this.#story.splice(0, count);
    const sent = request(changes, this.#sent + 1);
    this.#sent += changes.length;
    this.#requests.push(sent);
    const { results, reservation } = await this.#call((stub) =>
      stub.append({ ...sent, writer: "server", flush: { deliver }, batchesClaims: true }),
    );
    this.#reservation = reservation ?? this.#reservation;
    expect(results.every(({ status }) => status !== "refused")).toBe(true);
    this.accepted += results.length;
  }

  /** A request once more, the last or an earlier one: a page whose answer was lost. */
  async again(which: number): Promise<void> {
    const sent = this.#requests[which % Math.max(1, this.#requests.length)];
    if (sent === undefined) return;
    const { results } = await this.#call((stub) => stub.append({ ...sent, writer: "server" }));
    expect(results.every(({ status }) => status === "repeat")).toBe(true);
  }

  async lease(maxBytes: number): Promise<boolean> {
    const { lease } = await this.#call((stub) => stub.lease({ maxBytes }));
    if (lease === undefined) return false;
    this.#post(lease);
    return true;
  }

  /** The Worker's request took the claim along: its consumer comes with the reservation. */
  async claim(): Promise<void> {
    const reservation = this.#reservation;
    if (reservation === undefined) return;
    this.#reservation = undefined;
    const { lease } = await this.#call((stub) => stub.lease({ maxBytes: 1_000_000, reservation }));
    if (lease !== undefined) this.#post(lease);
  }

  async settle(verdict = DELIVERED, which = 0): Promise<void> {
    const [lease] = this.#held.splice(which % Math.max(1, this.#held.length), 1);
    if (lease === undefined) return;
    const settlement = settlementOf(lease, verdict);
    const { next } = await this.#tell(lease, settlement);
    if (next !== undefined) this.#post(next);
  }

  /** Some of it is known, and the rest has no answer yet. */
  async settlePart(
    verdict: Verdict,
    which: number,
    known: Parameters<typeof partOf>[2],
  ): Promise<void> {
    const index = which % Math.max(1, this.#held.length);
    const lease = this.#held[index];
    const part = lease && partOf(lease, verdict, known);
    if (lease === undefined || part === undefined) return;
    await this.#tell(lease, part.settlement);
    this.#held[index] = part.rest;
  }

  async #tell(lease: Lease, settlement: Settlement): Promise<SettleAnswer> {
    const answer = await this.#call((stub) => stub.settle(settlement));
    // A delivery is believed of everybody, also of a record that was taken for dead.
    for (const { ordinal, id, actions } of lease.records) {
      if (settlement.delivered.includes(ordinal)) this.#settled.set(id, actions);
    }
    return answer;
  }

  async alarm(): Promise<void> {
    await runDurableObjectAlarm(this.#session.stub());
  }

  async evict(secondsBack: number): Promise<void> {
    await evictDurableObject(this.#session.stub()).catch(() => undefined);
    moveClock(-secondsBack);
  }

  /** The nth value that is put from now on fails. */
  async fail(nth: number): Promise<void> {
    vi.restoreAllMocks();
    await this.#call((stub) =>
      runInDurableObject(stub, (_object, { storage }) => {
        const kv = Object.getPrototypeOf(storage.kv) as { put: (...args: unknown[]) => unknown };
        const real = kv.put;
        let puts = 0;
        vi.spyOn(kv, "put").mockImplementation(function put(this: unknown, ...args) {
          puts += 1;
          if (puts === nth) throw new Error("the storage failed");
          return real.apply(this, args);
        });
      }),
    );
  }

  /** Delivers what is left, and compares the books. */
  async end(): Promise<void> {
    vi.restoreAllMocks();
    await this.append(this.#story.length);
    moveClock(7_200);
    for (let round = 0; round < 200; round += 1) {
      if (await this.lease(1_000_000)) await this.settle();
      moveClock(100);
      while (this.#held.length > 0) await this.settle();
      const { pending } = await this.#call((stub) => stub.pending());
      if (pending === 0) break;
    }
    expect(await this.#call((stub) => stub.pending())).toMatchObject({ pending: 0 });
    const delivered = [...this.#settled.values()].reduce((sum, actions) => sum + actions, 0);
    // All that it still holds is dead.
    const { actions } = await this.#call((stub) => stub.deleteSession());
    expect(delivered + actions).toBe(this.accepted);
  }

  #post(lease: Lease): void {
    this.#held.push(lease);
    for (const record of lease.records) {
      expect([...this.#settled.keys()], "sent again after it was settled").not.toContain(record.id);
      const text = JSON.stringify(record);
      expect(this.#posted.get(record.id) ?? text, "sent again with other content").toBe(text);
      if (!this.#posted.has(record.id)) this.#inOrder(record as Ordered);
      this.#posted.set(record.id, text);
    }
  }

  /** Of each kind, what is posted first was sealed first. */
  #inOrder({ kind, seq }: Ordered): void {
    expect(seq).toBeGreaterThan(this.#lastSeq[kind]);
    this.#lastSeq[kind] = seq;
  }
}

it("balances its books, whatever happens to it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 10, maxLength: 40 }), async (steps) => {
      const callers = new Callers();
      for (const step of steps) {
        if (step.do === "settle") {
          await callers.settle(step.verdict, step.which);
          continue;
        }
        if (step.do === "part") {
          await callers.settlePart(step.verdict, step.which, step.known);
          continue;
        }
        const { do: what, n } = step;
        if (what === "append") await callers.append(n);
        else if (what === "again") await callers.again(n);
        else if (what === "claim") await callers.claim();
        else if (what === "flush") await callers.append(0, true);
        else if (what === "wait") moveClock(n);
        else if (what === "lease") await callers.lease(n);
        else if (what === "alarm") await callers.alarm();
        else if (what === "evict") await callers.evict(n);
        else await callers.fail(n);
      }
      await callers.end();
    }),
    { numRuns: 100, endOnFailure: true },
  );
});
