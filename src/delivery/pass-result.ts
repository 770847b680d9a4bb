// The sums of a pass over its round trips, for the log and for health. No I/O.
import type { SourceReport } from "../protocol/books/ledger-calls.ts";
import type { LangfusePost } from "../protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../protocol/figures/turn-figures.ts";
import type { KindReport } from "../protocol/health-calls.ts";
import type { Lease, UnreadableJournals } from "../protocol/session/lease-calls.ts";
import type { SettleAnswer } from "../protocol/session/settle-calls.ts";
import type { Claimed } from "./claims.ts";
import type { Delivery } from "./deliver.ts";
import type { Failure } from "./posts/failure.ts";
import type { DeadReason } from "./settling/kind-outcomes.ts";
import type { LeaseOutcome } from "./settling/lease-outcome.ts";

export interface PassResult {
  leases: number;
  /** Without those that were leased for their figures alone: they are neither delivered nor left. */
  records: number;
  delivered: number;
  dead: number;
  posts: number;
  bytes: number;
  failure?: Failure;
  /** The platform's words where it let the invocation make no more requests. */
  unsent?: string;
  kinds: KindReport[];
  /** With its id, where it was settled. */
  lastDead?: DeadReason & { id?: string };
  /** Objects that there was no time to ask, or no sense in asking. */
  unasked: Claimed[];
  /** Some of it was left for later before. */
  retried: boolean;
  /** Of a session whose journals could not be read: the newest that was met. */
  unreadable?: UnreadableJournals;
  /** Settled records that had been settled before, and such as their sessions never had. */
  repeated: number;
  unknown: number;
  /** Records left for later, by object, of each object that answered. */
  pending: Map<string, number>;
  /** Objects whose leases were settled. */
  objects: Set<string>;
  /** Reports that the ledger was not told before they were settled: of objects of an earlier version. */
  reports: Map<string, SourceReport>;
  /** What the settled records tell, and the posts that brought them. */
  figures: TurnFigures[];
  answers: LangfusePost[];
}

export function emptyResult(): PassResult {
  return {
    leases: 0,
    records: 0,
    delivered: 0,
    dead: 0,
    posts: 0,
    bytes: 0,
    kinds: [],
    unasked: [],
    retried: false,
    repeated: 0,
    unknown: 0,
    pending: new Map(),
    objects: new Set(),
    reports: new Map(),
    figures: [],
    answers: [],
  };
}

/** Adds what a settlement named in vain. */
export function addNotFound(
  result: PassResult,
  { repeated = 0, unknown = 0 }: Pick<SettleAnswer, "repeated" | "unknown">,
): void {
  result.repeated += repeated;
  result.unknown += unknown;
}

/** A later report of a session stands for the earlier ones of the pass, from where the first of them began. */
export function addReport(
  { reports }: PassResult,
  object: string,
  report: SourceReport | undefined,
): void {
  if (report === undefined) return;
  const first = reports.get(object);
  const { before, ...latest } = report;
  const from = first === undefined ? before : first.before;
  reports.set(object, { ...latest, ...(from && { before: from }) });
}

/** Adds what became of these leases. */
export function addDelivery(
  result: PassResult,
  held: readonly Lease[],
  { leases, posts, bytes, failure, kinds, lastDead }: Delivery,
): void {
  const sum = (of: (outcome: LeaseOutcome) => number): number =>
    leases.reduce((total, outcome) => total + of(outcome), 0);
  result.leases += held.length;
  result.retried ||= held.some(({ retried }) => retried === true);
  const posted = held.flatMap(({ records }) => records).filter((one) => one.sampledOut !== true);
  result.records += posted.length;
  result.delivered += sum(({ delivered }) => delivered.length);
  result.dead += sum(({ dead }) => dead.length);
  result.posts += posts;
  result.bytes += bytes;
  result.kinds = sumKinds(result.kinds, kinds);
  if (failure) result.failure = failure;
  if (lastDead) result.lastDead ??= lastDead;
}

function sumKinds(some: readonly KindReport[], more: readonly KindReport[]): KindReport[] {
  const sums = new Map(some.map((one) => [one.kind, one]));
  for (const one of more) {
    const before = sums.get(one.kind);
    const setAside = (before?.setAside ?? 0) + (one.setAside ?? 0);
    sums.set(one.kind, {
      ...before,
      ...one,
      delivered: one.delivered + (before?.delivered ?? 0),
      dead: one.dead + (before?.dead ?? 0),
      ...(setAside > 0 && { setAside }),
    });
  }
  return [...sums.values()];
}
