// A session object as its shell runs it, over a storage that may fail: an instance whose write failed
// ends, and another one loads what is stored. It checks what consumers are given.
import { expect } from "vitest";
import type { Change, ScoreChange } from "../../../src/protocol/change.ts";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import type {
  AppendAnswer,
  AppendResult,
  CompleteSpan,
} from "../../../src/protocol/session/append-calls.ts";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../src/protocol/session/settle-calls.ts";
import { ownReportOf } from "../../../src/session/dead-letters/books.ts";
import { announced } from "../../../src/session/dead-letters/letter-calls.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { JournalStore } from "../../../src/session/journal/journal-store.ts";
import {
  reserveClaim,
  leaseRecords,
  settleLease,
} from "../../../src/session/outbox/lease-records.ts";
import { type Rules } from "../../../src/session/assembly/rules.ts";
import type { SessionClock } from "../../../src/session/deadlines/session-clock.ts";
import { expiryOf, type InstanceMemory } from "../../../src/session/deadlines/alarm-time.ts";
import type { Ordered } from "../../../src/session/outbox/outbox-state.ts";
import type { SessionState } from "../../../src/session/state.ts";
import type { Transition } from "../../../src/session/journal/entries.ts";
import { appendActions } from "../../../src/session/append.ts";
import { appendSpans } from "../../../src/session/spans/append-spans.ts";
import { NOW } from "./arbitrary.ts";
import { MemoryStorage } from "./journal/memory-storage.ts";
import { recount } from "./recount.ts";
import { spansRequest } from "./spans/spanning.ts";
import { SETTINGS, TERMS } from "./support.ts";

/** A score that comes again under its id replaces the one before; an observation never does. */
const nameOf = ({ kind, id, ordinal }: SealedRecord): string =>
  kind === "score" ? `${id}/${ordinal}` : id;

const FULL: AppendAnswer = { results: [], pending: 0, sealed: 0 };

export class Shell {
  readonly storage = new MemoryStorage();
  /** The clock, epoch ms: it may go back. */
  now = NOW;
  state: SessionState;
  memory: InstanceMemory = { claimPendingUntil: 0 };
  #clock: SessionClock;
  readonly #rules: Rules;
  #journal: JournalStore;
  #seq = 0;
  /** Leases by id, with the records that their consumers still have. */
  readonly #out = new Map<number, Lease>();
  readonly #lastSeq = { observation: 0, score: 0 };
  /** Actions that were answered as accepted. */
  accepted = 0;
  /** Posted records as text, by their names. */
  readonly posted = new Map<string, string>();
  /** Names of records that were delivered, in calls that were answered. */
  readonly settled = new Set<string>();

  constructor(rules = SETTINGS) {
    this.#rules = rules;
    this.#journal = new JournalStore(this.storage);
    this.#clock = this.storage.clock(() => this.now);
    this.state = this.#journal.load(rules, this.now).state;
  }

  restart(): void {
    this.#journal = new JournalStore(this.storage);
    this.#clock = this.storage.clock(() => this.now);
    const { state, report } = this.#journal.load(this.#rules, this.now);
    expect(report).toEqual({ unknown: 0 });
    this.state = state;
    this.memory = { claimPendingUntil: 0 };
    recount(this.state);
  }

  /** Sends the same request until it is answered, as a page does. */
  append(...changes: (Change | ScoreChange)[]): AppendResult[] {
    return this.send(changes, {});
  }

  send(
    changes: readonly (Change | ScoreChange)[],
    how: { deliver?: boolean; at?: number },
  ): AppendResult[] {
    const { deliver = false, at } = how;
    const actions = changes.map((change) => ({
      seq: (this.#seq += 1),
      ...(at !== undefined && { at }),
      change,
    }));
    const request = {
      project: "pk",
      writer: "server" as const,
      clientId: "tab",
      actions,
      ...(deliver && { flush: { deliver } }),
    };
    const { results } = this.again((now) =>
      this.#journal.isFull(this.state)
        ? { answer: FULL, entries: [] }
        : appendActions(this.state, request, { ...TERMS, assembly: this.#rules }, now),
    );
    this.accepted += results.filter(({ status }) => status !== "refused").length;
    return results;
  }

  /** Sends spans until they are answered, as an exporter does. */
  appendSpans(...items: CompleteSpan[]): AppendResult[] {
    const request = spansRequest(items);
    const policy = { ...TERMS, assembly: this.#rules };
    const { results } = this.again((now) =>
      appendSpans(this.state, request, request.spans, policy, now),
    );
    this.accepted += results.filter(({ status }) => status !== "refused").length;
    return results;
  }

  /** A consumer asks, and posts what it is granted. */
  lease(maxBytes = 1_000_000, reservation = this.memory.reservation): Lease | undefined {
    const request = {
      maxBytes,
      spans: true as const,
      sampledOut: true as const,
      ...(reservation !== undefined && { reservation }),
    };
    const { lease } = this.again((now) => leaseRecords(this.state, this.memory, request, now));
    if (lease !== undefined) this.#post(lease);
    return lease;
  }

  settle(lease: Lease, how: Partial<Settlement> = {}): Lease | undefined {
    const delivered = how.delivered ?? lease.records.map(({ ordinal }) => ordinal);
    const settlement = { dead: [], ...how, lease: lease.id, delivered };
    const waits = {
      ...(how.retry && { retry: { observation: 5_000, score: 5_000 } }),
      alone: how.setAside?.map(() => 5_000) ?? [],
    };
    const { next } = this.again((now) =>
      settleLease(this.state, this.memory, settlement, waits, now),
    );
    this.#told(settlement);
    for (const record of lease.records) {
      if (delivered.includes(record.ordinal)) this.settled.add(nameOf(record));
    }
    if (next !== undefined) this.#post(next);
    return next;
  }

  /** A consumer that comes when nobody else can have anything, and delivers. */
  deliver(maxBytes?: number): void {
    this.now += 150_000;
    const lease = this.lease(maxBytes);
    if (lease !== undefined) this.settle(lease);
  }

  /** The ledger has heard of all its changes. */
  announce(): void {
    const { letters } = this.state.books;
    const report = ownReportOf(this.state);
    if (report) this.again((now) => announced(this.state, letters, report, now));
  }

  alarm(): void {
    try {
      advance(this.state, this.#time());
    } catch {
      return;
    }
    if ((expiryOf(this.state) ?? Number.POSITIVE_INFINITY) > this.now) return;
    try {
      this.storage.deleteAll();
    } catch {
      this.storage.deleteAll();
    }
    this.restart();
  }

  again<Answer>(step: (now: number) => Transition<Answer>): Answer {
    try {
      return this.#make(step);
    } catch {
      this.restart();
      return this.#make(step);
    }
  }

  #make<Answer>(step: (now: number) => Transition<Answer>): Answer {
    const now = this.#time();
    const { answer, entries } = step(now);
    const reserved = entries.length > 0 && reserveClaim(this.state, this.memory, now);
    if (reserved) entries.push(reserved);
    if (entries.length > 0) this.#journal.commit(this.state, entries);
    recount(this.state);
    return answer;
  }

  #time(): number {
    return this.#clock.now(this.state, this.memory.reservation);
  }

  /** The consumer of the lease has no more than what it keeps. */
  #told({ lease: id, keeps = [], delivered, dead, setAside = [] }: Settlement): void {
    const known = new Set([...delivered, ...dead.map(({ ordinal }) => ordinal), ...setAside]);
    // What anybody delivered is nobody's any more.
    for (const [other, lease] of this.#out) {
      const records = lease.records.filter(({ ordinal }) => !delivered.includes(ordinal));
      this.#out.set(other, { ...lease, records });
    }
    const out = this.#out.get(id);
    if (out === undefined) return;
    const isOut = ({ kind, ordinal }: SealedRecord): boolean =>
      keeps.includes(kind) && !known.has(ordinal);
    this.#out.set(id, { ...out, records: out.records.filter(isOut) });
  }

  /** Of a kind that a consumer has, nobody else is given any. */
  #isAlone({ id, until, records }: Lease): void {
    for (const other of this.#out.values()) {
      if (other.until <= this.#time()) continue;
      const kinds = other.records.map(({ kind }) => kind);
      for (const { kind } of records)
        expect(kinds, "two consumers with a kind").not.toContain(kind);
    }
    this.#out.set(id, { id, until, records });
  }

  #post(lease: Lease): void {
    const { records } = lease;
    this.#isAlone(lease);
    const { failing, setAside, t } = this.state;
    const alone = new Map(setAside.map(({ ordinal, notBefore }) => [ordinal, notBefore]));
    for (const record of records) {
      expect(alone.get(record.ordinal) ?? 0, "leased though set aside").toBeLessThanOrEqual(t);
      const from = failing[record.kind]?.notBefore ?? 0;
      expect(from, "leased though its kind waits").toBeLessThanOrEqual(t);
      const name = nameOf(record);
      expect(this.settled, "sent again after it was settled").not.toContain(name);
      // Its place in the outbox is another one when it was dead meanwhile.
      const text = JSON.stringify({ ...record, seq: 0 });
      expect(this.posted.get(name) ?? text, "sent again with other content").toBe(text);
      if (!this.posted.has(name)) this.#inOrder(record as Ordered);
      this.posted.set(name, text);
    }
  }

  /** Of each kind, what is posted first was sealed first. */
  #inOrder({ kind, seq }: Ordered): void {
    expect(seq, "out of order").toBeGreaterThan(this.#lastSeq[kind]);
    this.#lastSeq[kind] = seq;
  }
}
