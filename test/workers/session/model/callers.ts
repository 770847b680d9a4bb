// A page and its consumers, as callers of one session object: what each was told, and what must be true of it.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { LeaseBooks } from "../../../../src/delivery/settling/lease-books.ts";
import { balanceOf, differenceOf, type Figures } from "../../../../src/protocol/books/figures.ts";
import { ledgerName } from "../../../../src/protocol/books/ledger-name.ts";
import type { AppendRequest } from "../../../../src/protocol/session/append-calls.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import type { SettleAnswer, Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import { partOf, settlementOf, type Verdict } from "../../../unit/session/verdicts.ts";
import {
  eventually,
  moveClock,
  newSession,
  PROJECT,
  request,
  type TestSession,
} from "../../support.ts";
import { failPut } from "../fail-put.ts";
import { Deliveries } from "./deliveries.ts";
import { stories } from "./stories.ts";

const ledger = () => env.HEALTH.get(env.HEALTH.idFromName(ledgerName(PROJECT)));
export const totals = async (): Promise<Figures> => (await ledger().books({})).totals;
/** A consumer of this version. */
const ASKED = { spans: true, sampledOut: true } as const;
const SPANS_TRACE = "0af7651916cd43dd8448eb211c80319c";
/** A deleted session takes nothing for a day. */
const DELETED_SECONDS = 25 * 3_600;

const DELIVERED: Verdict = { fates: ["delivered"], retry: undefined, next: undefined };

const MAX_TRIES = 10;

/** A consumer that settles has told the ledger, has not, or dies right after it has. */
type LedgerFate = "told" | "not told" | "dies";

/** A lease that a consumer has: what is left of it, all of it, and what the ledger was told. */
interface Held {
  lease: Lease;
  whole: Lease;
  books: LeaseBooks;
}

/** A page and its consumers, and what each of them was told. */
export class Callers {
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
  readonly #deliveries = new Deliveries();

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
    this.#deliveries.settled(lease, settlement);
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
    await this.#call((stub) => failPut(stub, nth));
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
    const delivered = this.#deliveries.actions;
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
    this.#deliveries.posted(lease);
  }
}
