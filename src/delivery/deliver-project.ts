// One pass over the claimed objects of one project: lease what they have sealed, post it, settle
// each lease as soon as all is known of it; in waves, while there is time. Invariants: a pass holds a few MB
// at most, or one record more; nothing is posted that can't be finished before its lease ends; an object
// that throws costs only itself; an object that was not asked is told to whoever called.
import { PASS_MS, POST_TIMEOUT_MS, SETTLE_MARGIN_MS } from "../protocol/delivery-times.ts";
import type { PostItems } from "../langfuse/poster.ts";
import { describeError, type logEvent } from "../log.ts";
import type { KindReport } from "../protocol/health-calls.ts";
import type {
  Lease,
  LeaseAnswer,
  LeaseRequest,
  RetryReason,
  SessionCalls,
  SettleAnswer,
  Settlement,
} from "../protocol/session-calls.ts";
import type { Project } from "../settings/index.ts";
import type { Claimed } from "./claims.ts";
import { deliver, type DeliverDeps, type Delivery } from "./deliver.ts";
import type { Failure } from "./failure.ts";
import { inParallel } from "./in-parallel.ts";
import type { LeaseOutcome } from "./lease-outcomes.ts";
import { encodeLeases } from "./encode-leases.ts";

/** Most bytes of records held at once: a few copies of them fit an isolate's 128 MB many times. */
export const PASS_BYTES = 4 * 1024 * 1024;
/**
 * Calls to objects at once: most of a call is waiting, and a lease that is granted first waits for the
 * last. They are none of a Worker's six connections, which it opens to others.
 */
export const CALLS_AT_ONCE = 24;
/** The least that is worth a lease of its own. */
const LEAST_LEASE_BYTES = 16 * 1024;

export type LeasingSession = Pick<SessionCalls, "lease" | "settle">;

export interface PassDeps {
  random: () => number;
  posterTo: (project: Project) => PostItems;
  sessionById: (objectId: string) => LeasingSession;
  now: () => number;
  log: typeof logEvent;
}

export interface PassResult {
  leases: number;
  records: number;
  delivered: number;
  dead: number;
  posts: number;
  bytes: number;
  failure?: Failure;
  kinds: KindReport[];
  lastDead?: { reason: string; message: string };
  /** Objects that there was no time to ask, or no sense in asking. */
  unasked: Claimed[];
  /** Some of it was left for later before. */
  retried: boolean;
  /** Records left for later, by object, of each object that answered. */
  pending: Map<string, number>;
}

interface Held {
  object: string;
  lease: Lease;
}

/** How a project may be posted to, and what shows that Langfuse takes anything. */
export type PassPlan = Pick<DeliverDeps, "plans" | "lastDelivery">;

export async function deliverProject(
  project: Project,
  claimed: readonly Claimed[],
  plan: PassPlan,
  deps: PassDeps,
): Promise<PassResult> {
  const pass = new DeliveryRun(project, claimed, plan, deps);
  return pass.run();
}

class DeliveryRun {
  readonly #project: Project;
  readonly #plan: PassPlan;
  readonly #deps: PassDeps;
  /** Objects not yet asked … */
  readonly #unasked: Claimed[];
  /** … and those whose next record is too large to be one of many. */
  readonly #large: Claimed[] = [];
  readonly #lastPost: number;
  readonly #result: PassResult = {
    leases: 0,
    records: 0,
    delivered: 0,
    dead: 0,
    posts: 0,
    bytes: 0,
    kinds: [],
    unasked: [],
    retried: false,
    pending: new Map(),
  };
  #heldSize = 0;
  #stopped = false;

  constructor(project: Project, claimed: readonly Claimed[], plan: PassPlan, deps: PassDeps) {
    this.#project = project;
    this.#plan = plan;
    this.#deps = deps;
    this.#unasked = [...claimed];
    this.#lastPost = deps.now() + PASS_MS - POST_TIMEOUT_MS;
  }

  async run(): Promise<PassResult> {
    let held: Held[] = [];
    while (this.#mayGoOn() || held.length > 0) {
      if (this.#mayGoOn()) held.push(...(await this.#lease()));
      if (held.length === 0) break;
      held = await this.#roundTrip(held);
    }
    this.#result.unasked.push(...this.#unasked, ...this.#large);
    return this.#result;
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#deps.now() < this.#lastPost;
  }

  /** Leases from objects not yet asked, as far as the bytes of a pass allow. */
  async #lease(): Promise<Held[]> {
    const leased: Held[] = [];
    let room = PASS_BYTES - this.#heldSize;
    const hasRoom = (): boolean => room >= LEAST_LEASE_BYTES;
    const take = async (claimed: Claimed, request: LeaseRequest): Promise<void> => {
      room -= request.maxBytes;
      const { object, ...borne } = claimed;
      const { lease, reason } = await this.#leaseOf(object, { ...request, ...borne });
      if (lease) {
        leased.push({ object, lease });
        this.#heldSize += sizeOf(lease);
      }
      if (reason === "large") this.#large.push(claimed);
      room += request.maxBytes - (lease ? sizeOf(lease) : 0);
    };
    const lane = async (): Promise<void> => {
      while (hasRoom()) {
        // Of few objects each may bring more.
        const sharers = Math.min(this.#unasked.length, CALLS_AT_ONCE);
        const claimed = this.#unasked.shift();
        if (claimed === undefined) return;
        const maxBytes = Math.max(LEAST_LEASE_BYTES, Math.floor(room / sharers));
        await take(claimed, { maxBytes, strict: true });
      }
    };
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
    while (hasRoom()) {
      const claimed = this.#large.shift();
      if (claimed === undefined) break;
      await take(claimed, { maxBytes: room });
    }
    return leased;
  }

  async #leaseOf(object: string, request: LeaseRequest): Promise<LeaseAnswer> {
    try {
      return await this.#deps.sessionById(object).lease(request);
    } catch (error) {
      this.#deps.log("warn", "lease_failed", { object, error: describeError(error) });
      return {};
    }
  }

  /** Posts and settles; returns the leases that settling gave for the next wave. */
  async #roundTrip(held: readonly Held[]): Promise<Held[]> {
    const { posterTo, now, random } = this.#deps;
    const { parcels, unwritable } = await encodeLeases(held.map(({ lease }) => lease));
    const more: Held[] = [];
    const delivery = await deliver(
      parcels,
      held.map(({ lease }) => lease),
      {
        ...this.#plan,
        post: posterTo(this.#project),
        stopReason: (index) => this.#barred(held[index]?.lease),
        finished: (finished, outcomes) =>
          inParallel(finished, CALLS_AT_ONCE, async (index) => {
            const [holding, outcome] = [held[index], outcomes[index]];
            if (holding === undefined || outcome === undefined) return;
            for (const { lease, verdict } of unwritable) {
              if (lease === index) outcome.dead.push(verdict);
            }
            const next = await this.#settleLease(holding, outcome, held.length);
            if (next) more.push(next);
          }),
        random,
        now,
      },
    );
    this.#count(held, delivery);
    const last = unwritable.at(-1)?.verdict;
    if (last) this.#result.lastDead ??= { reason: last.reason, message: last.message };
    return more;
  }

  /** Settles one lease of `sharers`, and returns the next one, where there is time for more. */
  async #settleLease(
    { object, lease }: Held,
    outcome: LeaseOutcome,
    sharers: number,
  ): Promise<Held | undefined> {
    this.#heldSize -= sizeOf(lease);
    // Objects that wait to be asked go first; more of the same ones is leased only after them.
    const goOn = this.#mayGoOn() && this.#unasked.length + this.#large.length === 0;
    const goesWell = outcome.retry === undefined && outcome.setAside === undefined;
    const room = Math.min(Math.floor(PASS_BYTES / sharers), PASS_BYTES - this.#heldSize);
    const asks = goOn && goesWell && room > 0;
    if (asks) this.#heldSize += room;
    const answer = await this.#settle(object, {
      lease: lease.id,
      ...outcome,
      ...(asks && { next: { maxBytes: room, strict: true } }),
    });
    if (asks) this.#heldSize -= room;
    if (answer === undefined) return undefined;
    // What was sealed meanwhile has been claimed again, and is on its way.
    this.#result.pending.set(object, goesWell ? 0 : answer.sealed);
    if (answer.next === undefined) return undefined;
    this.#heldSize += sizeOf(answer.next);
    return { object, lease: answer.next };
  }

  #barred(lease: Lease | undefined): RetryReason | undefined {
    const now = this.#deps.now();
    if (now >= this.#lastPost) return "pass_full";
    const left = (lease?.until ?? 0) - now;
    return left > POST_TIMEOUT_MS + SETTLE_MARGIN_MS ? undefined : "lease_too_short";
  }

  #count(held: readonly Held[], delivery: Delivery): void {
    const { leases, posts, bytes, failure, kinds, lastDead, stopped } = delivery;
    const result = this.#result;
    const sum = (of: (outcome: LeaseOutcome) => number): number =>
      leases.reduce((total, outcome) => total + of(outcome), 0);
    result.leases += held.length;
    result.retried ||= held.some(({ lease }) => lease.retried === true);
    result.records += held.reduce((total, { lease }) => total + lease.records.length, 0);
    result.delivered += sum(({ delivered }) => delivered.length);
    result.dead += sum(({ dead }) => dead.length);
    result.posts += posts;
    result.bytes += bytes;
    result.kinds = sumKinds(result.kinds, kinds);
    if (failure) result.failure = failure;
    if (lastDead) result.lastDead = lastDead;
    this.#stopped ||= stopped;
  }

  /**
   * Tried once more when it throws: an answer may be lost, and a record settled twice is settled.
   * By a new stub: one that threw may be broken for good.
   */
  async #settle(object: string, settlement: Settlement): Promise<SettleAnswer | undefined> {
    for (let last = false; ; last = true) {
      try {
        return await this.#deps.sessionById(object).settle(settlement);
      } catch (error) {
        if (!last) continue;
        this.#deps.log("warn", "settle_failed", { object, error: describeError(error) });
        return undefined;
      }
    }
  }
}

function sizeOf({ records }: Lease): number {
  return records.reduce((sum, { size }) => sum + size, 0);
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
