// The room of a pass that its kinds share: the posts that are left, the outcomes of its leases, and what is
// known of each session before. It posts, settles and asks health; it decides nothing.
import type { Verdict } from "../../langfuse/classify.ts";
import { partOf, type WireKind } from "../../langfuse/encode.ts";
import type { PostItems } from "../../langfuse/poster.ts";
import { PROVEN_MS } from "../../protocol/delivery-times.ts";
import type { Lease } from "../../protocol/session/lease-calls.ts";
import type { RetryReason } from "../../protocol/session/settle-calls.ts";
import type { Earlier } from "./judging/blame.ts";
import type { Failure } from "./failure.ts";
import { EarlySettlement } from "../settling/early-settlement.ts";
import type { LeaseOutcome, PartOutcome } from "../settling/lease-outcome.ts";
import type { LeaseOutcomes } from "../settling/lease-outcomes.ts";
import { type Batch, batchBytes, type EncodedRecord, leasesOf, type PackLimits } from "./pack.ts";
import { MAX_POSTS, postsAtOnce, PostSlots } from "./post-slots.ts";

/** The facts about a lease's session that are known beside its records. */
export type LeaseBefore = Pick<
  Lease,
  "failing" | "setAside" | "taken" | "takenOnly" | "inParts" | "retried"
>;

export interface PassRoomDeps {
  post: PostItems;
  /** The reason against a POST of this length of a lease's records; undefined where there is none. */
  stopReason: (lease: number, timeoutMs: number) => RetryReason | undefined;
  /** The time at which Langfuse last took something of the kind, from anybody, epoch ms. A call: asked seldom. */
  lastDelivery: (kind: WireKind) => Promise<number | undefined>;
  /** Receives leases as soon as all is known of them, and the rest at the end; each once. */
  finished: (leases: readonly number[], outcomes: SettledOutcomes) => Promise<void>;
  /** Receives what is known of a lease while the rest of it takes long; true where its object has it. */
  settlePart?: (lease: number, part: PartOutcome) => Promise<boolean>;
  wait?: (ms: number) => Promise<void>;
  /** How long an answer to a POST of the kind may take where Langfuse is slow, ms. */
  slowMs?: (kind: WireKind) => number;
  random: () => number;
  now: () => number;
  limits?: PackLimits;
  /** Finding one guilty record among a thousand takes twenty. */
  maxPosts?: number;
  /** Posts side by side. */
  postsAtOnce?: number;
}

export interface SettledOutcomes {
  /** By index of the lease. */
  leases: readonly LeaseOutcome[];
  /** The part of a finished lease's outcome that its object does not have yet. */
  rest: (lease: number) => LeaseOutcome;
}

/** Of a request that was sent. */
export type SentVerdict = Exclude<Verdict, { kind: "unsent" }>;

export interface PassRoom {
  outcomes: LeaseOutcomes;
  limits: PackLimits | undefined;
  /** Posts and bytes so far. */
  spent: { posts: number; bytes: number };
  /** One is held during each POST. */
  slots: PostSlots;
  /** Posts, where there are posts left; undefined where there are none. */
  post: (batch: Batch, timeoutMs: number) => Promise<SentVerdict | undefined>;
  /** Every lease of the batch lasts long enough for a POST of this length. */
  hasTime: (batch: Batch, timeoutMs: number) => boolean;
  /** Defers the records that may not be posted any more; returns those that may. */
  admitted: (batch: Batch, timeoutMs: number) => Batch;
  /** Settles the leases that are finished, and later those of which something is known by then. */
  settle: () => Promise<void>;
  triesOf: (lease: number, kind: WireKind) => number;
  /** The time of the lease's last try of the kind, where that failed; epoch ms. */
  lastTryOf: (lease: number, kind: WireKind) => number | undefined;
  /** Since when nothing of the kind goes forward in the lease's session, where that failed; epoch ms. */
  failingSince: (lease: number, kind: WireKind) => number | undefined;
  /** Failures of its oldest record of the kind alone, although others had been taken. */
  aloneOf: (lease: number, kind: WireKind) => number;
  /** Asked once, and again where that is said. */
  lastDelivery: (kind: WireKind, again?: "again") => Promise<number | undefined>;
  /** A record of the kind in the session is set aside. */
  isSetAsideIn: (lease: number, kind: WireKind) => boolean;
  /** Langfuse has taken something of the kind from the session before. */
  isKnown: (lease: number, kind: WireKind) => boolean;
  earlierOf: (record: EncodedRecord) => Earlier | undefined;
  /** True where something of the kind was taken since the lease's try before this one. */
  provenSince: (lease: number, kind: WireKind) => Promise<boolean>;
  random: () => number;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  /** Langfuse limits requests: neither of its paths may be tried. */
  limited?: Failure;
}

const NO_WAIT = (): Promise<void> => Promise.resolve();

export function passRoom(
  outcomes: LeaseOutcomes,
  leases: readonly LeaseBefore[],
  { maxPosts = MAX_POSTS, limits, random, now, ...deps }: PassRoomDeps,
): PassRoom {
  const spent = { posts: 0, bytes: 0 };
  let most = maxPosts;
  const { settlePart = async (): Promise<boolean> => false, wait = NO_WAIT } = deps;
  const { slowMs = () => 0 } = deps;
  const early = new EarlySettlement(outcomes, {
    wait,
    settlePart,
    isInParts: (lease) => deps.settlePart !== undefined && leases[lease]?.inParts === true,
    isUntried: (lease) => leases[lease]?.retried !== true,
    slowMs,
  });
  // Nobody waits for it: it is over before the leases are, or finds nothing left to tell.
  void early.begin();
  const asked = new Map<WireKind, Promise<number | undefined>>();
  const lastDelivery: PassRoom["lastDelivery"] = (kind, again) => {
    const answer = (again ? undefined : asked.get(kind)) ?? deps.lastDelivery(kind);
    asked.set(kind, answer);
    return answer;
  };
  return {
    outcomes,
    limits,
    spent,
    slots: new PostSlots(deps.postsAtOnce ?? postsAtOnce(1)),
    random,
    now,
    wait,
    post: async (batch, timeoutMs) => {
      if (spent.posts >= most) return undefined;
      spent.posts += 1;
      spent.bytes += batchBytes(batch);
      outcomes.posting(batch.records);
      const verdict = await deps.post(batch.kind, batch.records.map(partOf), timeoutMs);
      if (verdict.kind !== "unsent") return verdict;
      most = 0;
      outcomes.answered(batch.records);
      return undefined;
    },
    hasTime: (batch, timeoutMs) =>
      [...leasesOf(batch)].every((lease) => deps.stopReason(lease, timeoutMs) === undefined),
    admitted: (batch, timeoutMs): Batch => {
      const { kind, records } = batch;
      for (const lease of leasesOf(batch)) {
        const reason = deps.stopReason(lease, timeoutMs);
        if (reason !== undefined) outcomes.defer(lease, kind, { reason, untried: true });
      }
      return { kind, records: records.filter(({ lease }) => !outcomes.isDeferred(lease, kind)) };
    },
    settle: async (): Promise<void> => {
      const finished = outcomes.takeFinished();
      early.plan();
      await early.idle(finished);
      await deps.finished(finished, outcomes);
    },
    triesOf: (lease, kind) => leases[lease]?.failing?.[kind]?.tries ?? 0,
    lastTryOf: (lease, kind) => leases[lease]?.failing?.[kind]?.last,
    failingSince: (lease, kind) => leases[lease]?.failing?.[kind]?.since,
    aloneOf: (lease, kind) => leases[lease]?.failing?.[kind]?.alone ?? 0,
    lastDelivery,
    isSetAsideIn: (lease, kind) =>
      leases[lease]?.setAside?.some((one) => one.kind === kind) === true,
    isKnown: (lease, kind) => {
      const { taken, takenOnly = kind } = leases[lease] ?? {};
      return taken === true && takenOnly === kind;
    },
    earlierOf: ({ lease, ordinal }) =>
      leases[lease]?.setAside?.find((one) => one.ordinal === ordinal),
    provenSince: async (lease, kind) => {
      const last = await lastDelivery(kind);
      const tried = leases[lease]?.failing?.[kind]?.last ?? Number.POSITIVE_INFINITY;
      return last !== undefined && (last > tried || last > now() - PROVEN_MS);
    },
  };
}
