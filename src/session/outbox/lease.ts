// The lease: one consumer at a time has the sealed records, in order, for a while. No I/O, no clock.
// A lease that is granted right after its claim is not written when it is granted, since each row costs.
// The journal entry before the claim reserves it. Until that reservation has ended, leases are granted only
// by the instance that made it; after an eviction only to the consumer whose claim carries it.
import { isSpanRecord, RECORD_KINDS, type RecordKind } from "../../protocol/record.ts";
import type {
  Lease as LeaseOut,
  LeaseAnswer,
  LeaseRequest,
} from "../../protocol/session/lease-calls.ts";
import { reportOf } from "../dead-letters/books.ts";
import { MAX_LEASE_SIZE } from "../bounds.ts";
import { firstLeasable, isUntried, leasable, leasableUpTo } from "./held-back.ts";
import { originsOf } from "../spans/origins.ts";
import type { Ordered, Reservation } from "./outbox-state.ts";
import type { SessionState } from "../state.ts";

/**
 * The moment until which a consumer has the records, or may have them, epoch ms.
 * @param own the reservation that this instance made, or that a claim carried to it
 */
export function heldUntil({ lease, reserved }: SessionState, own: number | undefined): number {
  const reservedUntil = reserved === undefined || reserved.id === own ? 0 : reserved.until;
  return Math.max(lease?.until ?? 0, reservedUntil);
}

/**
 * The least that the session's time is, epoch ms. It never goes back, and is past every lease that an evicted
 * instance may have granted without an entry: leased records are sealed, however far behind the clock is.
 */
export function timeFloor({ t, reserved }: SessionState, own: number | undefined): number {
  const grantedBy = reserved === undefined || reserved.id === own ? 0 : reserved.by;
  return Math.max(t, grantedBy);
}

/** The reason why nothing can be leased now; undefined when something can. */
export function leaseRefusal(
  state: SessionState,
  own: number | undefined,
  request?: LeaseRequest,
): LeaseAnswer["reason"] {
  if (state.outbox.length === 0) return "empty";
  if (heldUntil(state, own) > state.t) return "leased";
  const first = firstLeasable(state);
  if (first === undefined) return "backoff";
  if (request !== undefined && isBehind(state, request)) return "backoff";
  const tooLarge = request?.strict === true && first.size > request.maxBytes;
  return tooLarge ? "large" : undefined;
}

/** A consumer of an earlier version would lose what it can't write; a later one comes, after a deploy. */
export function isBehind({ outbox }: SessionState, { spans, sampledOut }: LeaseRequest): boolean {
  if (spans !== true && outbox.some(isSpanRecord)) return true;
  return sampledOut !== true && outbox.some((record) => record.sampledOut === true);
}

/** The record (`seq`) up to which a lease of `maxBytes` reaches: at least one record, then what fits. */
export function leaseReach(state: SessionState, maxBytes: number): number {
  let bytes = 0;
  let upTo = 0;
  for (const record of leasable(state)) {
    bytes += record.size;
    if (upTo !== 0 && bytes > Math.min(maxBytes, MAX_LEASE_SIZE)) break;
    upTo = record.seq;
  }
  return upTo;
}

export type ReserveEntry = Omit<Reservation, "id">;
export interface LeaseEntry {
  upTo: number;
  /** Until when it lasts, epoch ms; of one that was reserved, the reservation says so. */
  until?: number;
  /** Of one that was reserved. */
  id?: number;
  /** Another consumer had the records of one kind at that time. */
  beside?: true;
  /** All of its records are of this kind, and the other kind is free. */
  kind?: RecordKind;
}

/** Announces a lease that may be granted until `by`. */
export function reserveLease(state: SessionState, { by, until }: ReserveEntry): void {
  state.leases += 1;
  state.reserved = { id: state.leases, by, until };
}

export function grantLease(
  state: SessionState,
  { upTo, until, id, beside, kind }: LeaseEntry,
): void {
  if (id === undefined) state.leases += 1;
  const reserved = state.reserved?.id === id ? state.reserved?.until : undefined;
  const lease = { id: id ?? state.leases, until: until ?? reserved ?? state.t, upTo };
  delete state.reserved;
  // Its time was over: what it held may be in the new one.
  if (beside === undefined) delete state.partLease;
  if (kind === undefined) state.lease = lease;
  else {
    // A lease before it had ended, or this one had not been granted.
    delete state.lease;
    state.partLease = { ...lease, kind };
  }
}

/**
 * The kind of all records that a lease up to this one has, where that is one: the other kind can be leased
 * beside it. Only where kinds come apart; while all goes well, a lease is one for both.
 */
export function onlyKind(state: SessionState, upTo: number): RecordKind | undefined {
  if (isBeside(state) || isUntried(state)) return undefined;
  const kinds = new Set(leasableUpTo(state, upTo).map(({ kind }) => kind));
  const [first] = kinds;
  return kinds.size === 1 ? first : undefined;
}

/** Another consumer has the records of one kind: a lease that is granted now holds none of it. */
export function isBeside({ partLease, t }: SessionState): boolean {
  return partLease !== undefined && partLease.until > t;
}

/** A lease with its records, as they are when it is granted. */
export function leaseOut(
  state: SessionState,
  id: number,
  records: readonly Ordered[],
): LeaseOut | undefined {
  const lease = state.lease?.id === id ? state.lease : state.partLease;
  if (lease?.id !== id) return undefined;
  const { until } = lease;
  const origins = originsOf(state, records);
  const taken = state.counts.delivered > 0;
  const report = reportOf(state);
  return {
    id,
    until,
    lastsMs: until - state.t,
    records: [...records],
    inParts: true,
    ...(origins && { origins }),
    ...(report && { report }),
    ...(taken && { taken }),
    ...(state.scoresOnly && { takenOnly: "score" }),
    ...(!isUntried(state) && earlierTries(state, lease.upTo)),
  };
}

/** Earlier tries of the records in the lease. */
function earlierTries(
  { failing, outbox, setAside }: SessionState,
  upTo: number,
): Pick<LeaseOut, "retried" | "failing" | "setAside"> {
  const tried: LeaseOut["failing"] = {};
  for (const kind of RECORD_KINDS) {
    const { notBefore: _at, ...tries } = failing[kind] ?? { tries: 0, since: 0, notBefore: 0 };
    if (failing[kind] !== undefined) tried[kind] = tries;
  }
  const kinds = new Map(
    outbox.flatMap(({ seq, ordinal, kind }) => (seq <= upTo ? [[ordinal, kind] as const] : [])),
  );
  const alone = setAside.flatMap(({ notBefore: _at, ...record }) => {
    const kind = kinds.get(record.ordinal);
    return kind === undefined ? [] : { ...record, kind };
  });
  return {
    retried: true,
    ...(Object.keys(tried).length > 0 && { failing: tried }),
    ...(alone.length > 0 && { setAside: alone }),
  };
}
