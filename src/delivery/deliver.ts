// Posts the records that a pass holds and decides what becomes of each, kind by kind: one that fails, is refused
// or must not be tried just now does not touch the other. Invariant: every record ends in exactly one of
// delivered, dead, set aside, left for later.
// It must not know objects: it asks `stopReason` before each post, and reports each lease to `finished`.
import type { WireKind } from "../langfuse/encode.ts";
import type { KindReport } from "../protocol/health-calls.ts";
import { RECORD_KINDS } from "../protocol/record.ts";
import type { Failure } from "./posts/failure.ts";
import type { DeadReason } from "./settling/kind-outcomes.ts";
import { KindRun } from "./posts/kind-run.ts";
import type { LeaseOutcome } from "./settling/lease-outcome.ts";
import { LeaseOutcomes } from "./settling/lease-outcomes.ts";
import type { EncodedRecord } from "./posts/pack.ts";
import { type LeaseBefore, type PassRoom, passRoom, type PassRoomDeps } from "./posts/pass-room.ts";
import type { KindPlan } from "./posts/stop-rule.ts";

/** A kind that must not be tried for so long, or how it may be. */
export type Plan = KindPlan | { closedMs: number };

/** Scores wait so long for the spans of their pass: longer than most answers take. */
const NEXT_KIND_MS = 400;

export interface DeliverDeps extends PassRoomDeps {
  plans: Record<WireKind, Plan>;
}

export interface Delivery {
  /** By index of the lease. */
  leases: LeaseOutcome[];
  posts: number;
  bytes: number;
  kinds: KindReport[];
  /** The reason why records were left or set aside, of the kind that matters more. */
  failure?: Failure;
  lastDead?: DeadReason;
  /** Further records of a kind would meet the same failure now. */
  stopped: boolean;
}

export async function deliver(
  records: readonly EncodedRecord[],
  leases: readonly LeaseBefore[],
  { plans, ...deps }: DeliverDeps,
): Promise<Delivery> {
  const outcomes = new LeaseOutcomes(leases.length, records);
  const room = passRoom(outcomes, leases, deps);
  const runs: KindRun[] = [];
  const works: { apart: boolean; work: () => Promise<void> }[] = [];
  for (const kind of RECORD_KINDS) {
    const plan = plans[kind];
    const its = records.filter((record) => record.kind === kind);
    if ("closedMs" in plan) {
      const left = { reason: "breaker_open" as const, afterMs: plan.closedMs };
      for (const { lease } of its) outcomes.defer(lease, kind, left);
    } else if (its.length > 0) {
      const own = planAmong(its, kind, plan, room);
      const run = new KindRun(kind, own, room);
      runs.push(run);
      works.push({ apart: own.apart, work: () => run.run(its) });
    }
  }
  // A score is about something that should be there; but where that fails, it must not wait for it. Then the
  // kind that goes well gets its connection first: those of one that hangs come back when leases are too short.
  if (works.some(({ apart }) => apart)) {
    const wellFirst = works.toSorted((a, b) => Number(a.apart) - Number(b.apart));
    await Promise.all(wellFirst.map(({ work }) => work()));
  } else await inTurn(works, deps.wait);
  await room.settle();
  return { leases: outcomes.leases, ...room.spent, ...summaryOf(runs) };
}

/** Sessions that failed before share no request with others, also where this isolate knows of no failure. */
function planAmong(
  records: readonly EncodedRecord[],
  kind: WireKind,
  plan: KindPlan,
  { triesOf }: PassRoom,
): KindPlan {
  const areTried = records.some(({ lease }) => triesOf(lease, kind) > 0);
  return plan.apart || !areTried ? plan : { ...plan, apart: true, patient: true };
}

/** One after the other, but none waits for long for the one before it. */
async function inTurn(
  works: readonly { work: () => Promise<void> }[],
  wait: PassRoomDeps["wait"],
): Promise<void> {
  const begun: Promise<void>[] = [];
  for (const { work } of works) {
    const its = work();
    begun.push(its);
    await (wait === undefined ? its : Promise.race([its, wait(NEXT_KIND_MS)]));
  }
  await Promise.all(begun);
}

function summaryOf(
  runs: readonly KindRun[],
): Pick<Delivery, "kinds" | "failure" | "lastDead" | "stopped"> {
  const all = runs.map(({ outcomes }) => outcomes);
  const failure =
    all.find((one) => one.failure)?.failure ?? all.find((one) => one.asideFailure)?.asideFailure;
  const lastDead = all.findLast((one) => one.lastDead)?.lastDead;
  const isLimited = all.some((one) => one.failure?.class === "rate_limited");
  return {
    kinds: all.map((one) => one.report()),
    ...(failure && { failure }),
    ...(lastDead && { lastDead }),
    stopped: isLimited || runs.some(({ stopped }) => stopped),
  };
}
