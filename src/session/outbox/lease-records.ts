// The calls of a consumer: leases are granted and settled, and a claim reserves the next one. No I/O, no
// clock, no chance. A reserved lease is written to the journal with its settlement, not when it is granted.
import type {
  Lease as LeaseOut,
  LeaseAnswer,
  LeaseRequest,
} from "../../protocol/session/lease-calls.ts";
import type { SettleAnswer, Settlement } from "../../protocol/session/settle-calls.ts";
import { advance } from "../deadlines/advance.ts";
import { reportOf } from "../dead-letters/books.ts";
import type { Waits } from "./backoff.ts";
import { CLAIM_TTL_MS, LEASE_MS, RESERVE_MS, RESERVED_LEASE_MS } from "../bounds.ts";
import { applyEntry, type Entry, type Transition } from "../journal/entries.ts";
import { leasableUpTo } from "./held-back.ts";
import {
  heldUntil,
  isBehind,
  isBeside,
  leaseOut,
  leaseReach,
  leaseRefusal,
  onlyKind,
} from "./lease.ts";
import type { SettleEntry } from "./settlement.ts";
import { claimDelay, type InstanceMemory } from "../deadlines/alarm-time.ts";
import { pendingOf, type SessionState } from "../state.ts";

const BESIDE = { beside: true } as const;

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
  memory.askedAt = now;
  // Only this consumer can have had it, whichever instance made it.
  const { reserved } = state;
  const carriesReservation = reserved !== undefined && reserved.id === request.reservation;
  if (carriesReservation) memory.reservation = reserved.id;
  const reason = leaseRefusal(state, memory.reservation, request);
  // A lease request uses up the pending claim. If it was granted, or will be without `strict`, the consumer
  // is waited for before the next claim; if not, the next claim may be sent at once.
  const served = reason === undefined || reason === "large" || isBehind(state, request);
  memory.claimPendingUntil = served ? now + CLAIM_TTL_MS : 0;
  memory.claimAt = undefined;
  if (reason !== undefined) return { answer: { reason }, entries: [] };
  const mayBeUnlogged = carriesReservation && now <= reserved.by;
  const { entry, lease, id } = grant(state, request, now, mayBeUnlogged ? reserved.id : undefined);
  // The other kind is free: its records are claimed as if there were no lease.
  if (state.lease === undefined) memory.claimPendingUntil = 0;
  memory.unloggedLease = id;
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
  const alone = setAside.map((ordinal, index) => ({
    ordinal,
    notBefore: now + (waits.alone[index] ?? 0),
  }));
  const settle: SettleEntry = {
    ...settlement,
    dead: deadOfLease(state, settlement),
    ...notBeforeOf(waits, now),
    ...(alone.length > 0 && { alone }),
  };
  const settled = { k: "settle" as const, t: now, settle };
  const missing = missingLeaseEntry(state, memory, settlement, now);
  const entries: Entry[] = missing === undefined ? [settled] : [missing, settled];
  const { told } = state.books;
  const { unknown } = state.counts;
  for (const entry of entries) applyEntry(state, entry);
  memory.unloggedLease = missing === undefined ? memory.unloggedLease : undefined;
  if (state.counts.unknown > unknown) settle.unknown = state.counts.unknown - unknown;
  const again = next !== undefined && leaseRefusal(state, memory.reservation, next) === undefined;
  const granted = again ? grant(state, next, now, undefined) : undefined;
  if (granted !== undefined) entries.push(granted.entry);
  const lease = granted?.lease;
  const report = settlement.told === undefined ? reportOf(state, told) : undefined;
  const answer = {
    sealed: state.outbox.length,
    pending: pendingOf(state),
    ...(report && { report }),
    ...notFound(state, settle),
    ...(lease !== undefined && { next: lease }),
  };
  return { answer, entries };
}

/**
 * Verdicts on records that the lease held. One that is told again, since its answer was lost, may meet a record
 * that was replayed meanwhile: that one is behind the lease.
 */
function deadOfLease(
  { lease, partLease, outbox }: SessionState,
  { lease: id, dead }: Pick<Settlement, "lease" | "dead">,
): Settlement["dead"] {
  const its = [lease, partLease].find((one) => one?.id === id);
  if (its === undefined || dead.length === 0) return dead;
  const behind = new Set(outbox.flatMap(({ seq, ordinal }) => (seq > its.upTo ? ordinal : [])));
  return dead.filter(({ ordinal }) => !behind.has(ordinal));
}

/** One moment for each kind that waits: one that is slow does not slow the other. */
function notBeforeOf(
  { retry = {} }: Waits,
  now: number,
): Pick<SettleEntry, "notBefore" | "notBefores"> {
  const times = Object.entries(retry).map(([kind, wait]) => [kind, now + wait] as const);
  const [first, second] = times;
  if (first === undefined) return {};
  if (second === undefined || second[1] === first[1]) return { notBefore: first[1] };
  // An earlier version knows of one moment.
  return { notBefore: Math.max(first[1], second[1]), notBefores: Object.fromEntries(times) };
}

/** Records of a settlement that the session does not have: settled before, or never had. */
function notFound(
  { actions, spans, unreadable }: SessionState,
  { unknown: missing = 0, delivered, dead }: SettleEntry,
): Pick<SettleAnswer, "repeated" | "unknown"> {
  if (missing === 0) return {};
  // Those of a journal that could not be read are not remembered.
  const lost = unreadable?.at ?? 0;
  // Those of complete spans count downwards.
  const isNone = (ordinal: number): boolean =>
    ordinal > 0
      ? ordinal > actions || ordinal <= lost
      : ordinal === 0 || -ordinal > spans || -ordinal <= lost;
  const all = [...delivered, ...dead.map(({ ordinal }) => ordinal)];
  const unknown = Math.min(missing, all.filter(isNone).length);
  const repeated = missing - unknown;
  return { ...(repeated > 0 && { repeated }), ...(unknown > 0 && { unknown }) };
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
  reservation: number | undefined,
): { entry: Entry; lease: LeaseOut | undefined; id: number | undefined } {
  const upTo = leaseReach(state, maxBytes);
  const records = leasableUpTo(state, upTo);
  const kind = onlyKind(state, upTo);
  // One that another can stand beside is written at once: the journal has both in their order.
  const id = kind === undefined ? reservation : undefined;
  const how = id === undefined ? { until: now + LEASE_MS } : { id };
  const entry: Entry = {
    k: "lease",
    t: now,
    upTo,
    ...how,
    ...(isBeside(state) && BESIDE),
    ...(kind && { kind }),
  };
  applyEntry(state, entry);
  return { entry, lease: leaseOut(state, id ?? state.leases, records), id };
}

/** The lease entry that the journal lacks before this settlement. */
function missingLeaseEntry(
  state: SessionState,
  memory: InstanceMemory,
  { lease: settled, keeps }: Pick<Settlement, "lease" | "keeps">,
  now: number,
): Entry | undefined {
  const { lease, partLease, reserved, outbox } = state;
  if (lease?.id === settled) {
    if (memory.unloggedLease !== settled) return undefined;
    const { upTo, until } = lease;
    const goesOn = keeps === undefined ? {} : { until };
    return { k: "lease", t: now, upTo, id: settled, ...goesOn, ...(partLease && BESIDE) };
  }
  const last = outbox.at(-1);
  if (reserved?.id !== settled || last === undefined) return undefined;
  // An evicted instance granted it: only the consumer knows how far it reached.
  return { k: "lease", t: now, upTo: last.seq, id: settled, ...(isBeside(state) && BESIDE) };
}
