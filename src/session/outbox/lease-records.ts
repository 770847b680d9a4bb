// Lends sealed records to consumers and takes their settlements. No I/O, no clock, no chance. A lease
// that was announced is not written before its settlement.
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
import { heldUntil, leaseOut, leaseReach, leaseRefusal } from "./lease.ts";
import type { SettleEntry } from "./settlement.ts";
import { claimDelay, type InstanceMemory } from "../deadlines/alarm-time.ts";
import { pendingOf, type SessionState } from "../state.ts";
import type { Transition } from "../step.ts";

/** A lease for whoever asks, if nobody has one. */
export function leaseRecords(
  state: SessionState,
  known: InstanceMemory,
  request: LeaseRequest,
  now: number,
): Transition<LeaseAnswer> {
  advance(state, now);
  // Nobody else can have had it: which instance made it is no matter.
  const { reserved } = state;
  const carriesReservation = reserved !== undefined && reserved.id === request.reservation;
  if (carriesReservation) known.reservation = reserved.id;
  const reason = leaseRefusal(state, known.reservation, request);
  // Whoever asks has come for the claim, and is waited for if it got something, or knows that it may.
  const served = reason === undefined || reason === "large";
  known.claimedUntil = served ? now + CLAIM_TTL_MS : 0;
  if (reason !== undefined) return { answer: { reason }, entries: [] };
  const id = carriesReservation && now <= reserved.by ? reserved.id : undefined;
  const entry = grant(state, request, now, id);
  known.unloggedLease = id;
  const lease = leaseOut(state);
  const entries = id === undefined ? [entry] : [];
  return { answer: lease === undefined ? {} : { lease }, entries };
}

/** @param waits for how long what has to be tried again is left alone */
export function settleLease(
  state: SessionState,
  known: InstanceMemory,
  { next, setAside = [], ...settlement }: Settlement,
  waits: Waits,
  now: number,
): Transition<SettleAnswer> {
  advance(state, now);
  known.claimedUntil = 0;
  const notBefore = waits.retry === undefined ? {} : { notBefore: now + waits.retry };
  const alone = setAside.map((ordinal, index) => ({
    ordinal,
    notBefore: now + (waits.alone[index] ?? 0),
  }));
  const settle: SettleEntry = { ...settlement, ...notBefore, ...(alone.length > 0 && { alone }) };
  const settled = { k: "settle" as const, t: now, settle };
  const lent = missingLeaseEntry(state, known, settlement.lease, now);
  const entries: Entry[] = lent === undefined ? [settled] : [lent, settled];
  const { unknown } = state.counts;
  for (const entry of entries) applyEntry(state, entry);
  if (state.counts.unknown > unknown) settle.unknown = state.counts.unknown - unknown;
  const again = next !== undefined && leaseRefusal(state, known.reservation, next) === undefined;
  if (again) entries.push(grant(state, next, now, undefined));
  const lease = again ? leaseOut(state) : undefined;
  const answer = { sealed: state.outbox.length, pending: pendingOf(state) };
  return { answer: { ...answer, ...(lease !== undefined && { next: lease }) }, entries };
}

/** With a write that a claim follows, the lease is announced that the claim will ask for. */
export function reserveClaim(
  state: SessionState,
  known: InstanceMemory,
  now: number,
): Entry | undefined {
  const delaySeconds = claimDelay(state, known, now);
  // One at a time: what may still be held would be forgotten with the reservation before.
  if (delaySeconds === undefined || heldUntil(state, known.reservation) > now) return undefined;
  const by = now + delaySeconds * 1000 + RESERVE_MS;
  const entry: Entry = { k: "reserve", t: now, by, until: by + RESERVED_LEASE_MS };
  applyEntry(state, entry);
  known.reservation = state.reserved?.id;
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

/** What a settlement must be preceded by in the journal: its lease, where that is not in it. */
function missingLeaseEntry(
  { lease, reserved, outbox }: SessionState,
  known: InstanceMemory,
  settled: number,
  now: number,
): Entry | undefined {
  if (lease?.id === settled) {
    if (known.unloggedLease !== settled) return undefined;
    return { k: "lease", t: now, upTo: lease.upTo, id: settled };
  }
  const last = outbox.at(-1);
  if (reserved?.id !== settled || last === undefined) return undefined;
  // Granted by an instance that is gone: how far it reached only the consumer knows.
  return { k: "lease", t: now, upTo: last.seq, id: settled };
}
