// A session's outbox as plain data: leases what it holds, in order, to one consumer at a time, and
// settles as the contract of the calls says.
import { LEASE_MS } from "../../../src/protocol/delivery-times.ts";
import {
  isSpanRecord,
  type ObservationRecord,
  type SealedRecord,
} from "../../../src/protocol/record.ts";
import type {
  DeadVerdict,
  SettleAnswer,
  Settlement,
} from "../../../src/protocol/session/settle-calls.ts";
import type {
  Lease,
  LeaseAnswer,
  LeaseRequest,
  SetAsideRecord,
} from "../../../src/protocol/session/lease-calls.ts";

const UNTRIED = new Set<string>(["not_tried", "pass_full", "lease_too_short", "breaker_open"]);

export class MemorySession {
  outbox: SealedRecord[];
  readonly delivered: number[] = [];
  readonly dead: DeadVerdict[] = [];
  readonly leaseRequests: LeaseRequest[] = [];
  readonly settlements: Settlement[] = [];
  notBefore = 0;
  leaseMs = LEASE_MS;
  unreadable: LeaseAnswer["unreadable"];
  readonly #now: () => number;
  #lease: (Lease & { open: boolean }) | undefined;
  #leftBefore = false;
  #tries = 0;
  readonly #setAside = new Map<number, SetAsideRecord & { notBefore: number }>();

  constructor(records: SealedRecord[], now: () => number) {
    this.outbox = records;
    this.#now = now;
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    this.leaseRequests.push(request);
    const answer = this.#grant(request);
    return { ...answer, ...(this.unreadable && { unreadable: this.unreadable }) };
  }

  async settle(settlement: Settlement): Promise<SettleAnswer> {
    this.settlements.push(settlement);
    const current = this.#lease?.id === settlement.lease ? this.#lease : undefined;
    this.#remove(settlement.delivered, (ordinal) => this.delivered.push(ordinal));
    if (current?.open) {
      this.dead.push(...settlement.dead);
      this.#remove(settlement.dead.map(({ ordinal }) => ordinal));
      this.#lease = undefined;
      const { setAside = [] } = settlement;
      const retry = settlement.retry?.kinds?.length === 0 ? undefined : settlement.retry;
      this.#leftBefore = retry !== undefined || setAside.length > 0;
      this.#tries = retry === undefined ? 0 : this.#tries + (UNTRIED.has(retry.reason) ? 0 : 1);
      const now = this.#now();
      for (const ordinal of setAside) {
        const { failures, since } = this.#setAside.get(ordinal) ?? { failures: 0, since: now };
        this.#setAside.set(ordinal, {
          ordinal,
          failures: failures + 1,
          since,
          notBefore: now + 60_000,
        });
      }
      if (retry) this.notBefore = this.#now() + (retry.afterMs ?? 2000);
    }
    const answer = settlement.next && this.#grant(settlement.next);
    return {
      sealed: this.outbox.length,
      pending: this.outbox.length,
      ...(answer?.lease && { next: answer.lease }),
    };
  }

  #grant({ maxBytes, strict, spans, sampledOut }: LeaseRequest): LeaseAnswer {
    const now = this.#now();
    if (this.outbox.length === 0) return { reason: "empty" };
    // A consumer that does not say that it knows them is leased nothing beside them.
    const isBehind =
      (spans !== true && this.outbox.some(isSpanRecord)) ||
      (sampledOut !== true && this.outbox.some((record) => record.sampledOut === true));
    if (isBehind) return { reason: "backoff" };
    if (this.#lease && this.#lease.until > now) return { reason: "leased" };
    if (this.notBefore > now) return { reason: "backoff" };
    const open = this.outbox.filter(
      ({ ordinal }) => (this.#setAside.get(ordinal)?.notBefore ?? 0) <= now,
    );
    if (open.length === 0) return { reason: "backoff" };
    if (strict && (open[0]?.size ?? 0) > maxBytes) return { reason: "large" };
    let bytes = 0;
    const records = open.filter(({ size }, index) => {
      bytes += size;
      return index === 0 || bytes <= maxBytes;
    });
    const id = (this.#lease?.id ?? this.settlements.length) + 1;
    this.#lease = { id, until: now + this.leaseMs, records, open: true };
    const lease = { id, until: this.#lease.until, records: structuredClone(records) };
    const tried = { tries: this.#tries, since: 0, last: 0 };
    const setAside = records.flatMap(({ ordinal }) => this.#setAside.get(ordinal) ?? []);
    return {
      lease: {
        ...lease,
        ...(this.#leftBefore && { retried: true as const }),
        ...(this.#tries > 0 && { failing: { observation: tried, score: tried } }),
        ...(setAside.length > 0 && { setAside }),
      },
    };
  }

  #remove(ordinals: number[], also: (ordinal: number) => void = () => undefined): void {
    const gone = new Set(ordinals);
    this.outbox = this.outbox.filter(({ ordinal }) => {
      if (gone.has(ordinal)) also(ordinal);
      return !gone.has(ordinal);
    });
  }
}

/** An observation that is called `{session}/{ordinal}` on the wire. */
export function observation(session: string, ordinal: number, size = 100): ObservationRecord {
  return {
    kind: "observation",
    ordinal,
    actions: 1,
    size,
    traceId: session,
    id: `${session}/${ordinal}`,
    type: "span",
    name: "step",
    startTime: 1_795_380_000_000,
    endTime: 1_795_380_001_000,
    fields: { input: "x".repeat(Math.max(size - 20, 0)) },
    metadata: [],
    trace: {},
  };
}

/** A span as an exporter sent it. */
export function span(session: string, ordinal: number): SealedRecord {
  const { traceId, id, name, startTime } = observation(session, ordinal);
  const its = { traceId, id, name, startTime, span: "{}", origin: "exporter" };
  return { kind: "observation", ordinal: -ordinal, actions: 1, size: 100, ...its };
}
