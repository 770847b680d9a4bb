// The object itself, in workerd, against what its callers know: any sequence of requests, complete spans, seals,
// deliveries with any outcome, replays, deletions, evictions, crashes, alarms and failing writes ends with its books
// balanced, and those of the project's ledger the same.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { LeaseBooks } from "../../../src/delivery/settling/lease-books.ts";
import { balanceOf, differenceOf, type Figures } from "../../../src/protocol/books/figures.ts";
import { ledgerName } from "../../../src/protocol/books/ledger-name.ts";
import type { AppendRequest } from "../../../src/protocol/session/append-calls.ts";
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
  eventually,
  moveClock,
  newSession,
  PROJECT,
  request,
  spanChange,
  type TestSession,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

/** What becomes of the consumer that settles: it may have told the ledger, or die right after it has. */
const ledgerArb = fc.constantFrom("told", "told", "told", "not told", "dies" as const);
const lastArb = fc.constantFrom("told", "not told" as const);
type LedgerFate = "told" | "not told" | "dies";

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
      ledger: ledgerArb,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("part" as const),
      which: fc.nat(3),
      verdict: verdictArb,
      known: partArb,
      ledger: ledgerArb,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("spans" as const), n: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replay" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("give up" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), n: fc.nat(3) }) },
  // A consumer with the claim, and the reservation that it carries.
  { weight: 2, arbitrary: fc.record({ do: fc.constant("claim" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("alarm" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back" as const), n: fc.nat(1_200) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const), n: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail" as const), n: fc.integer({ min: 1, max: 3 }) }),
  },
);

const ledger = () => env.HEALTH.get(env.HEALTH.idFromName(ledgerName(PROJECT)));
const totals = async (): Promise<Figures> => (await ledger().books({})).totals;
/** A consumer of this version. */
const ASKED = { spans: true, sampledOut: true } as const;
const SPANS_TRACE = "0af7651916cd43dd8448eb211c80319c";
/** A deleted session takes nothing for a day. */
const DELETED_SECONDS = 25 * 3_600;

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

/** A lease that a consumer has: what is left of it, all of it, and what the ledger was told. */
interface Held {
  lease: Lease;
  whole: Lease;
  books: LeaseBooks;
}

/** A page and its consumers, and what each of them was told. */
class Callers {
  readonly #before: Figures;
  readonly #session: TestSession = newSession();
  readonly #story = stories();
  #sent = 0;
  #spans = 0;
  #requests: AppendRequest[] = [];
  #reservation: number | undefined;
  accepted = 0;
  readonly #held: Held[] = [];
  #tellsLedger = true;
  readonly #posted = new Map<string, string>();
  readonly #settled = new Map<string, number>();
  readonly #lastSeq = { observation: 0, score: 0 };

  /** @param before what the ledger has of others */
  constructor(before: Figures) {
    this.#before = before;
  }

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

  /** Complete spans, as an exporter sends them. */
  async spans(count: number): Promise<void> {
    const items = Array.from({ length: count }, () => {
      this.#spans += 1;
      const id = String(this.#spans).padStart(16, "0");
      const span = JSON.stringify({ traceId: SPANS_TRACE, spanId: id, name: id });
      return { traceId: SPANS_TRACE, id, name: id, startTime: Date.now(), span, origin: "o" };
    });
    const origins = { o: { resource: "{}", scope: "{}" } };
    const spans: AppendRequest = { ...request([]), spans: { items, origins } };
    this.#requests.push({ ...spans, writer: "server" });
    const { results } = await this.#call((stub) => stub.append({ ...spans, writer: "server" }));
    expect(results.every(({ status }) => status !== "refused")).toBe(true);
    this.accepted += results.length;
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
    const { lease } = await this.#call((stub) => stub.lease({ maxBytes, ...ASKED }));
    if (lease === undefined) return false;
    this.#post(lease);
    return true;
  }

  /** The Worker's request took the claim along: its consumer comes with the reservation. */
  async claim(): Promise<void> {
    const reservation = this.#reservation;
    if (reservation === undefined) return;
    this.#reservation = undefined;
    const { lease } = await this.#call((stub) =>
      stub.lease({ maxBytes: 1_000_000, reservation, ...ASKED }),
    );
    if (lease !== undefined) this.#post(lease);
  }

  async settle(verdict = DELIVERED, which = 0, fate: LedgerFate = "told"): Promise<void> {
    const [held] = this.#held.splice(which % Math.max(1, this.#held.length), 1);
    if (held === undefined) return;
    const { next } = await this.#tell(held, settlementOf(held.lease, verdict), fate);
    if (next !== undefined) this.#post(next);
  }

  /** Some of it is known, and the rest has no answer yet. */
  async settlePart(
    verdict: Verdict,
    which: number,
    known: Parameters<typeof partOf>[2],
    fate: LedgerFate,
  ): Promise<void> {
    const index = which % Math.max(1, this.#held.length);
    const held = this.#held[index];
    const part = held && partOf(held.lease, verdict, known);
    if (held === undefined || part === undefined) return;
    await this.#tell(held, part.settlement, fate);
    if (fate === "dies") this.#held.splice(index, 1);
    else {
      held.books.settledPart(held.whole, part.settlement);
      held.lease = part.rest;
    }
  }

  /** The ledger first, then the session, as a consumer does that lives so long. */
  async #tell(
    { lease, whole, books }: Held,
    settlement: Settlement,
    fate: LedgerFate,
  ): Promise<Partial<SettleAnswer>> {
    this.#tellsLedger = fate !== "not told";
    const [told] = await books.told([
      { object: this.#session.id.toString(), lease: whole, outcome: settlement },
    ]);
    if (fate === "dies") return {};
    const answer = await this.#call((stub) => stub.settle({ ...settlement, ...told }));
    // A delivery is believed of everybody, also of a record that was taken for dead.
    for (const { ordinal, id, actions } of lease.records) {
      if (settlement.delivered.includes(ordinal)) this.#settled.set(id, actions);
    }
    return answer;
  }

  /** Its dead letters go out once more, or are given up. */
  async replay(): Promise<void> {
    await this.#call((stub) => stub.replayDeadLetters({ project: PROJECT }));
  }

  async giveUp(): Promise<void> {
    await this.#call((stub) => stub.dropDeadLetters({ project: PROJECT }));
  }

  /** The session is forgotten, with all that it had; its consumers are gone. */
  async delete(): Promise<void> {
    await this.#call((stub) => stub.deleteSession());
    this.#held.length = 0;
    this.#requests = [];
    moveClock(DELETED_SECONDS);
  }

  /** The instance ends, with whatever it had not stored. */
  async crash(): Promise<void> {
    await runInDurableObject(this.#session.stub(), (_object, state) => state.abort("crash")).catch(
      () => undefined,
    );
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

  /** Delivers what is left, by consumers of this fate, and compares the books. */
  async end(fate: LedgerFate): Promise<void> {
    vi.restoreAllMocks();
    await this.append(this.#story.length);
    moveClock(7_200);
    for (let round = 0; round < 200; round += 1) {
      if (await this.lease(1_000_000)) await this.settle(DELIVERED, 0, fate);
      moveClock(100);
      while (this.#held.length > 0) await this.settle(DELIVERED, 0, fate);
      const { pending } = await this.#call((stub) => stub.pending());
      if (pending === 0) break;
    }
    expect(await this.#call((stub) => stub.pending())).toMatchObject({ pending: 0 });
    await runDurableObjectAlarm(this.#session.stub());
    const delivered = [...this.#settled.values()].reduce((sum, actions) => sum + actions, 0);
    await eventually(async () => {
      const told = differenceOf(await totals(), this.#before);
      expect(told["accepted"] ?? 0).toBe(this.accepted);
      expect(told["delivered"] ?? 0).toBe(delivered);
      expect(told["pending"] ?? 0).toBe(0);
      expect(balanceOf(told)).toBe(0);
    });
    // All that it still holds is dead.
    const { dead = 0 } = differenceOf(await totals(), this.#before);
    const { actions } = await this.#call((stub) => stub.deleteSession());
    expect(actions).toBe(dead);
  }

  #post(lease: Lease): void {
    const books = new LeaseBooks(async (reports) => {
      if (!this.#tellsLedger) return false;
      // The write that fails may be the ledger's.
      return ledger()
        .take(reports)
        .then(
          () => true,
          () => false,
        );
    });
    this.#held.push({ lease, whole: lease, books });
    for (const record of lease.records) {
      expect([...this.#settled.keys()], "sent again after it was settled").not.toContain(record.id);
      // Replayed, it has another place in the outbox.
      const text = JSON.stringify({ ...record, seq: 0 });
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
    fc.asyncProperty(
      fc.array(stepArb, { minLength: 10, maxLength: 40 }),
      lastArb,
      async (steps, last) => {
        const callers = new Callers(await totals());
        for (const step of steps) {
          if (step.do === "settle") {
            await callers.settle(step.verdict, step.which, step.ledger);
            continue;
          }
          if (step.do === "part") {
            await callers.settlePart(step.verdict, step.which, step.known, step.ledger);
            continue;
          }
          const { do: what, n } = step;
          if (what === "append") await callers.append(n);
          else if (what === "again") await callers.again(n);
          else if (what === "claim") await callers.claim();
          else if (what === "flush") await callers.append(0, true);
          else if (what === "wait") moveClock(n);
          else if (what === "back") moveClock(-n);
          else if (what === "lease") await callers.lease(n);
          else if (what === "alarm") await callers.alarm();
          else if (what === "evict") await callers.evict(n);
          else if (what === "spans") await callers.spans(n);
          else if (what === "replay") await callers.replay();
          else if (what === "give up") await callers.giveUp();
          else if (what === "crash") await callers.crash();
          else if (what === "delete") await (n === 0 ? callers.delete() : undefined);
          else await callers.fail(n);
        }
        await callers.end(last);
      },
    ),
    { numRuns: 100, endOnFailure: true },
  );
});
