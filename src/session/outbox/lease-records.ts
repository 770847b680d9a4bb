// The calls of a consumer: leases are granted and settled, and a claim reserves the next one. No I/O, no
// clock, no chance. A reserved lease is written to the journal with its settlement, not when it is granted.
import type {
  LeaseAnswer,
  LeaseRequest,
  SettleAnswer,
  Settlement,
} from "../../protocol/session-calls.ts";
import { advance } from "../deadlines/advance.ts";
import type { Waits } from "./backoff.ts";
import { CLAIM_TTL_MS, LEASE_MS, RESERVE_MS, RESERVED_LEASE_MS } from "../bounds.ts";
import { applyEntry, type Entry } from "../journal/entries.ts";
import { heldUntil, isBehind, leaseOut, leaseReach, leaseRefusal } from "./lease.ts";
import type { SettleEntry } from "./settlement.ts";
import { claimDelay, type InstanceMemory } from "../deadlines/alarm-time.ts";
import { pendingOf, type SessionState } from "../state.ts";
import type { Transition } from "../journal/entries.ts";

/** Grants the consumer a lease, if none stands. */
export function leaseRecords(
  state: SessionState,
  memory: InstanceMemory,
  request: LeaseRequest,
  now: number,
): Transition<LeaseAnswer> {
  const { answer, entries } = leaseIfFree(state, memory, request, now);
  const { journals, at } = state.unreadable ?? { journals: 0, at: 0 };
  if (journals === 0) return { answer, entries };
  return { answer: { ...answer, unreadable: { journals, at } }, entries };
}

function leaseIfFree(
  state: SessionState,
  memory: InstanceMemory,
  request: LeaseRequest,
  now: number,
): Transition<LeaseAnswer> {
  advance(state, now);
  // Only this consumer can have had it, whichever instance made it.
  const { reserved } = state;
  const carriesReservation = reserved !== undefined && reserved.id === request.reservation;
  if (carriesReservation) memory.reservation = reserved.id;
  const reason = leaseRefusal(state, memory.reservation, request);
  // A lease request uses up the pending claim. If it was granted, or will be without `strict`, the consumer
  // is waited for before the next claim; if not, the next claim may be sent at once.
  const served = reason === undefined || reason === "large" || isBehind(state, request);
  memory.claimPendingUntil = served ? now + CLAIM_TTL_MS : 0;
  if (reason !== undefined) return { answer: { reason }, entries: [] };
  const id = carriesReservation && now <= reserved.by ? reserved.id : undefined;
  const entry = grant(state, request, now, id);
  memory.unloggedLease = id;
  const lease = leaseOut(state);
  const entries = id === undefined ? [entry] : [];
  return { answer: lease === undefined ? {} : { lease }, entries };
}

/** @param waits before the records that are left may be tried again */
export function settleLease(
  state: SessionState,
  memory: InstanceMemory,
  { next, setAside = [], ...settlement }: Settlement,
  waits: Waits,
  now: number,
): Transition<SettleAnswer> {
  advance(state, now);
  memory.claimPendingUntil = 0;
  const notBefore = waits.retry === undefined ? {} : { notBefore: now + waits.retry };
  const alone = setAside.map((ordinal, index) => ({
    ordinal,
    notBefore: now + (waits.alone[index] ?? 0),
  }));
  const settle: SettleEntry = { ...settlement, ...notBefore, ...(alone.length > 0 && { alone }) };
  const settled = { k: "settle" as const, t: now, settle };
  const missing = missingLeaseEntry(state, memory, settlement.lease, now);
  const entries: Entry[] = missing === undefined ? [settled] : [missing, settled];
  const { unknown } = state.counts;
  for (const entry of entries) applyEntry(state, entry);
  if (state.counts.unknown > unknown) settle.unknown = state.counts.unknown - unknown;
  const again = next !== undefined && leaseRefusal(state, memory.reservation, next) === undefined;
  if (again) entries.push(grant(state, next, now, undefined));
  const lease = again ? leaseOut(state) : undefined;
  const answer = { sealed: state.outbox.length, pending: pendingOf(state) };
  return { answer: { ...answer, ...(lease !== undefined && { next: lease }) }, entries };
}

/** Reserves the lease that the claim after this write will ask for. */
export function reserveClaim(
  state: SessionState,
  memory: InstanceMemory,
  now: number,
): Entry | undefined {
  const delaySeconds = claimDelay(state, memory, now);
  // One at a time: a second reservation would replace the first, whose lease may still stand.
  if (delaySeconds === undefined || heldUntil(state, memory.reservation) > now) return undefined;
  const by = now + delaySeconds * 1000 + RESERVE_MS;
  const entry: Entry = { k: "reserve", t: now, by, until: by + RESERVED_LEASE_MS };
  applyEntry(state, entry);
  memory.reservation = state.reserved?.id;
  return entry;
}

function grant(
  state: SessionState,
  { maxBytes }: LeaseRequest,
  now: number,
  id: number | undefined,
): Entry {
  const upTo = leaseReach(state, maxBytes);
  const how = id === undefined ? { until: now + LEASE_MS } : { id };
  const entry: Entry = { k: "lease", t: now, upTo, ...how };
  applyEntry(state, entry);
  return entry;
}

/** The lease entry that the journal lacks before this settlement. */
function missingLeaseEntry(
  { lease, reserved, outbox }: SessionState,
  memory: InstanceMemory,
  settled: number,
  now: number,
): Entry | undefined {
  if (lease?.id === settled) {
    if (memory.unloggedLease !== settled) return undefined;
    return { k: "lease", t: now, upTo: lease.upTo, id: settled };
  }
  const last = outbox.at(-1);
  if (reserved?.id !== settled || last === undefined) return undefined;
  // An evicted instance granted it: only the consumer knows how far it reached.
  return { k: "lease", t: now, upTo: last.seq, id: settled };
}
