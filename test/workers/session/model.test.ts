// The object itself, in workerd, against what its callers know: any sequence of requests, deliveries,
// evictions, alarms and failing writes ends with the books balanced.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import type { Lease, Settlement } from "../../../src/protocol/session-calls.ts";
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
    arbitrary: fc.record({ do: fc.constant("append"), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again"), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flush"), n: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait"), n: fc.oneof(fc.nat(3), fc.nat(90)) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("lease"), n: fc.constantFrom(1, 1_000_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle"), n: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("alarm"), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict"), n: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail"), n: fc.integer({ min: 1, max: 3 }) }),
  },
);

/** What a page does: turns one upon the other, each with a straggler and an event of its own. */
function stories(): Change[] {
  return Array.from({ length: 12 }, (_, n) => {
    const raw = `ui2-model-${n}`;
    const straggler = { ...spanChange("update", "ui", raw), fields: { output: "late" } };
    return [
      ...turnSteps(raw),
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
  #last: ReturnType<typeof request> | undefined;
  accepted = 0;
  readonly #held: Lease[] = [];
  readonly #posted = new Map<string, string>();
  readonly #settled = new Map<string, number>();
  readonly #order: number[] = [];

  async #call<T>(make: (stub: ReturnType<TestSession["stub"]>) => Promise<T>): Promise<T> {
    for (;;) {
      const answer = await make(this.#session.stub()).then(
        (value) => ({ value }),
        () => undefined,
      );
      if (answer !== undefined) return answer.value;
    }
  }

  async append(count: number, deliver = false): Promise<void> {
    const changes = this.#story.splice(0, count);
    const sent = request(changes, this.#sent + 1);
    this.#sent += changes.length;
    this.#last = sent;
    const { results } = await this.#call((stub) =>
      stub.append({ ...sent, writer: "server", flush: { deliver } }),
    );
    expect(results.every(({ status }) => status !== "refused")).toBe(true);
    this.accepted += results.length;
  }

  /** The same request once more: a page whose answer was lost. */
  async again(): Promise<void> {
    const sent = this.#last;
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

  async settle(how: number): Promise<void> {
    const lease = this.#held.shift();
    if (lease === undefined) return;
    const { records } = lease;
    const half = records.slice(0, Math.ceil(records.length / 2));
    const delivered = (how === 0 ? records : half).map(({ ordinal }) => ordinal);
    const rest = records.slice(delivered.length);
    const verdicts = rest.map(({ ordinal }) => ({ ordinal, reason: "refused", message: "no" }));
    const settlement: Settlement = {
      lease: lease.id,
      delivered,
      dead: how === 1 ? verdicts : [],
      ...(how === 2 && { retry: { reason: "unreachable" } }),
      ...(how === 3 && { next: { maxBytes: 1 } }),
    };
    const { next } = await this.#call((stub) => stub.settle(settlement));
    for (const record of records) {
      if (delivered.includes(record.ordinal)) this.#settled.set(record.id, record.actions);
    }
    if (next !== undefined) this.#post(next);
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
      if (await this.lease(1_000_000)) await this.settle(0);
      moveClock(100);
      while (this.#held.length > 0) await this.settle(0);
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
      if (!this.#posted.has(record.id)) this.#inOrder(record);
      this.#posted.set(record.id, text);
    }
  }

  #inOrder(record: SealedRecord): void {
    this.#order.push((record as SealedRecord & { seq: number }).seq);
    expect(this.#order).toEqual(this.#order.toSorted((a, b) => a - b));
  }
}

it("balances its books, whatever happens to it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 10, maxLength: 40 }), async (steps) => {
      const callers = new Callers();
      for (const { do: what, n } of steps) {
        if (what === "append") await callers.append(n);
        else if (what === "again") await callers.again();
        else if (what === "flush") await callers.append(0, true);
        else if (what === "wait") moveClock(n);
        else if (what === "lease") await callers.lease(n);
        else if (what === "settle") await callers.settle(n);
        else if (what === "alarm") await callers.alarm();
        else if (what === "evict") await callers.evict(n);
        else await callers.fail(n);
      }
      await callers.end();
    }),
    { numRuns: 100 },
  );
});
