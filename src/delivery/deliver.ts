// Posts what a pass holds and decides what becomes of each record, kind by kind: one that fails, is refused or
// must not be tried just now does not touch the other. Invariant: every record ends in exactly one of
// delivered, dead, set aside, left for later.
// It must not know objects: it asks `barred` before each post, and tells `finished` of each lease.
import type { Verdict } from "../langfuse/classify.ts";
import type { WireKind } from "../langfuse/encode.ts";
import type { PostItems } from "../langfuse/poster.ts";
import { PROVEN_MS } from "../protocol/delivery-times.ts";
import type { KindReport } from "../protocol/health-calls.ts";
import { RECORD_KINDS } from "../protocol/record.ts";
import type { Lease, RetryReason } from "../protocol/session-calls.ts";
import type { Failure } from "./failure.ts";
import { type KindPlan, KindRun, type PassRoom } from "./kind-run.ts";
import { LeaseOutcomes, type LeaseOutcome } from "./lease-outcomes.ts";
import { type Batch, batchBytes, leasesOf, type PackLimits, type EncodedRecord } from "./pack.ts";

/** What is known of a lease's session beside its records. */
export type LeaseBefore = Pick<Lease, "failing" | "setAside" | "taken">;

/** A kind that must not be tried for so long, or how it may be. */
export type Plan = KindPlan | { closedMs: number };

export interface DeliverDeps {
  post: PostItems;
  /** Why a lease's records must not be posted any more; undefined while they may. */
  stopReason: (lease: number) => RetryReason | undefined;
  plans: Record<WireKind, Plan>;
  /** When Langfuse last took something of the kind, from anybody, epoch ms. Asked where it matters only. */
  lastDelivery: (kind: WireKind) => Promise<number | undefined>;
  /** Told of leases as soon as all is known of them, and of the rest at the end; each once. */
  finished: (leases: readonly number[], outcomes: readonly LeaseOutcome[]) => Promise<void>;
  random: () => number;
  now: () => number;
  limits?: PackLimits;
  maxPosts?: number;
}

export interface Delivery {
  /** By index of the lease. */
  leases: LeaseOutcome[];
  posts: number;
  bytes: number;
  kinds: KindReport[];
  /** Why records were left or set aside, of the kind that matters more. */
  failure?: Failure;
  lastDead?: { reason: string; message: string };
  /** Further records of a kind would meet the same failure now. */
  stopped: boolean;
}

/** Most posts at once. Finding one guilty record among a thousand takes twenty. */
export const MAX_POSTS = 64;

export async function deliver(
  parcels: readonly EncodedRecord[],
  leases: readonly LeaseBefore[],
  deps: DeliverDeps,
): Promise<Delivery> {
  const ledger = new LeaseOutcomes(leases.length, parcels);
  const { room, spent } = roomFor(ledger, leases, deps);
  const runs: KindRun[] = [];
  const works: (() => Promise<void>)[] = [];
  let apart = false;
  for (const kind of RECORD_KINDS) {
    const plan = deps.plans[kind];
    const its = parcels.filter((parcel) => parcel.kind === kind);
    if ("closedMs" in plan) {
      const left = { reason: "breaker_open" as const, afterMs: plan.closedMs };
      for (const { lease } of its) ledger.defer(lease, kind, left);
    } else if (its.length > 0) {
      const run = new KindRun(kind, plan, room);
      runs.push(run);
      works.push(() => run.run(its));
      apart ||= plan.apart;
    }
  }
  // A score is about something that should be there; but where that fails, it must not wait for it.
  if (apart) await Promise.all(works.map((work) => work()));
  else for (const work of works) await work();
  await room.settle();
  return { leases: ledger.leases, ...spent, ...resultOf(runs) };
}

function roomFor(
  ledger: LeaseOutcomes,
  leases: readonly LeaseBefore[],
  deps: DeliverDeps,
): { room: PassRoom; spent: { posts: number; bytes: number } } {
  const { maxPosts = MAX_POSTS, limits, random, now } = deps;
  const spent = { posts: 0, bytes: 0 };
  const asked = new Map<WireKind, Promise<number | undefined>>();
  const lastDelivery = (kind: WireKind): Promise<number | undefined> => {
    const known = asked.get(kind) ?? deps.lastDelivery(kind);
    asked.set(kind, known);
    return known;
  };
  const room: PassRoom = {
    ledger,
    limits,
    random,
    now,
    post: (batch): Promise<Verdict> | undefined => {
      if (spent.posts >= maxPosts) return undefined;
      spent.posts += 1;
      spent.bytes += batchBytes(batch);
      const texts = batch.parcels.map(({ text }) => text);
      return deps.post(batch.kind, texts);
    },
    admitted: (batch): Batch => {
      const { kind, parcels } = batch;
      for (const lease of leasesOf(batch)) {
        const reason = deps.stopReason(lease);
        if (reason !== undefined) ledger.defer(lease, kind, { reason, untried: true });
      }
      return { kind, parcels: parcels.filter(({ lease }) => !ledger.isHeld(lease, kind)) };
    },
    settle: () => deps.finished(ledger.takeFinished(), ledger.leases),
    triesOf: (lease, kind) => leases[lease]?.failing?.[kind]?.tries ?? 0,
    isKnown: (lease) => leases[lease]?.taken === true,
    earlierOf: ({ lease, ordinal }) =>
      leases[lease]?.setAside?.find((one) => one.ordinal === ordinal),
    provenSince: async (lease, kind) => {
      const last = await lastDelivery(kind);
      const tried = leases[lease]?.failing?.[kind]?.last ?? Number.POSITIVE_INFINITY;
      return last !== undefined && (last > tried || last > now() - PROVEN_MS);
    },
  };
  return { room, spent };
}

function resultOf(
  runs: readonly KindRun[],
): Pick<Delivery, "kinds" | "failure" | "lastDead" | "stopped"> {
  const failure =
    runs.find((run) => run.failure)?.failure ?? runs.find((run) => run.asideFailure)?.asideFailure;
  const lastDead = runs.findLast((run) => run.lastDead)?.lastDead;
  return {
    kinds: runs.map(reportOf),
    ...(failure && { failure }),
    ...(lastDead && { lastDead }),
    stopped: runs.some(({ stopped, failure: left }) => stopped || left?.class === "rate_limited"),
  };
}

function reportOf({ kind, delivered, dead, setAside, failure }: KindRun): KindReport {
  const { class: failureClass, retryAfterMs } = failure ?? {};
  return {
    kind,
    delivered,
    dead,
    ...(setAside > 0 && { setAside }),
    ...(failureClass && {
      failure: { class: failureClass, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    }),
  };
}
