// One pass over the claimed objects of one project: lease what they have sealed, post it, settle
// each lease as soon as all is known of it; in round trips, while there is time. Where it only waits for
// Langfuse it can be left to itself: then it leaves to others what it has not begun. Invariants: nothing is
// posted that can't be finished before its lease ends, or before the platform ends what is left to itself; an
// object that throws costs only itself; an object that was not asked is returned to the caller.
import {
  LEFT_ALONE_MS,
  PASS_MS,
  POST_TIMEOUT_MS,
  SETTLE_MARGIN_MS,
} from "../protocol/delivery-times.ts";
import type { PostItems } from "../langfuse/poster.ts";
import type { NamedReport } from "../protocol/books/ledger-calls.ts";
import type { LangfusePost } from "../protocol/figures/figures-calls.ts";
import type { Lease } from "../protocol/session/lease-calls.ts";
import type { RetryReason } from "../protocol/session/settle-calls.ts";
import type { Project } from "../settings/index.ts";
import type { SessionDeps } from "./call-session.ts";
import type { Claimed } from "./claims.ts";
import { deliver, type DeliverDeps } from "./deliver.ts";
import { encodeLeases } from "./encode-leases.ts";
import { type AmendedLeases, type Amending, amendLeases } from "./hooks/amend-leases.ts";
import { bytesOf, type Held, ObjectLeases } from "./lease-objects.ts";
import { timedPosts } from "./figures/timed-posts.ts";
import { HeldRecords } from "./settling/held-records.ts";
import { LeaseSettler, type Settling } from "./settling/lease-settler.ts";
import { addDelivery, emptyResult, type PassResult } from "./pass-result.ts";
import { MAX_POSTS } from "./posts/post-slots.ts";
import { heardOf, type PassesUnderWay, type PassUnderWay } from "./passes-under-way.ts";
import { Standstill } from "./standstill.ts";

export interface PassDeps extends SessionDeps {
  /** Where the Worker has a `beforeDelivery` of its own. */
  amending?: Amending;
  random: () => number;
  posterTo: (project: Project) => PostItems;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  /** Somebody is to be told what the settled records tell. */
  tellsFigures: boolean;
}

/** The way a project may be posted to, and the proof that Langfuse takes anything. */
export type PassPlan = Pick<DeliverDeps, "plans" | "lastDelivery" | "postsAtOnce" | "maxPosts"> & {
  others: PassesUnderWay;
  /** Hands reports to the project's ledger; true where it has them. */
  tell: (reports: readonly NamedReport[]) => Promise<boolean>;
};

/** A pass that has begun. */
export interface Pass {
  /** When all is settled, its sums. */
  done: Promise<PassResult>;
  /** True when it only waits for Langfuse, false when it is done before. */
  standsStill: Promise<boolean>;
  /** Leaves it to itself; returns the objects that it did not come to. */
  leave: () => Claimed[];
}

export function deliverProject(
  project: Project,
  claimed: readonly Claimed[],
  plan: PassPlan,
  deps: PassDeps,
): Pass {
  const run = new DeliveryRun(project, claimed, plan, deps);
  return {
    done: run.run(),
    standsStill: run.standstill.reached(),
    leave: () => run.leave(),
  };
}

class DeliveryRun implements PassUnderWay {
  readonly standstill: Standstill;
  readonly held = new HeldRecords();
  readonly endsBy: number;
  readonly #project: Project;
  readonly #plan: PassPlan;
  readonly #deps: PassDeps;
  readonly #objects: ObjectLeases;
  readonly #settler: LeaseSettler;
  readonly #post: PostItems;
  /** Nothing is posted from then on, epoch ms. */
  #lastPost: number;
  readonly #result = emptyResult();
  #stopped = false;
  /** Leases for the next round trip. */
  #next: Held[] = [];
  /** Settlements of leases that others are to have. */
  #returning: Promise<void>[] | undefined;

  constructor(project: Project, claimed: readonly Claimed[], plan: PassPlan, deps: PassDeps) {
    this.#project = project;
    this.#plan = plan;
    this.#deps = deps;
    this.#objects = new ObjectLeases(claimed, deps);
    this.#settler = new LeaseSettler({
      ...deps,
      publicKey: project.publicKey,
      tell: plan.tell,
      objects: this.#objects,
      result: this.#result,
      held: this.held,
      late: plan.others.late,
      isHeld: (object, lease) => plan.others.isHeld(object, lease, this, deps.now()),
      mayGoOn: () => this.#mayGoOn(),
      lent: (held) => this.#lent(held),
    });
    this.#lastPost = deps.now() + PASS_MS - POST_TIMEOUT_MS;
    this.endsBy = deps.now() + 2 * PASS_MS;
    this.standstill = new Standstill(deps);
    const told = (one: LangfusePost): void => void this.#result.answers.push(one);
    const post = timedPosts(deps.posterTo(project), deps.now, told);
    this.#post = async (kind, parts, timeoutMs) => {
      const verdict = await this.standstill.during(() =>
        plan.others.during(kind, deps.now, () => post(kind, parts, timeoutMs)),
      );
      if (verdict.kind === "unsent") this.#result.unsent = verdict.message;
      return verdict;
    };
  }

  async run(): Promise<PassResult> {
    const { others } = this.#plan;
    others.begin(this);
    try {
      while (this.#mayGoOn() || this.#next.length > 0) {
        if (this.#mayGoOn()) this.#next.push(...(await this.#take()));
        const held = this.#next.splice(0);
        if (held.length === 0) break;
        await this.#roundTrip(held);
      }
      await Promise.all([...(this.#returning ?? []), this.#settler.idle()]);
    } finally {
      others.end(this);
      this.standstill.end();
    }
    const { waiting, unreadable } = this.#objects;
    this.#result.unasked.push(...waiting);
    if (unreadable) this.#result.unreadable = unreadable;
    return this.#result;
  }

  get heldBytes(): number {
    return this.#objects.heldBytes;
  }

  forget(object: string): void {
    this.#result.pending.delete(object);
  }

  /** What it has not begun is for others, at once; what it has leased, for a few seconds. */
  leave(): Claimed[] {
    this.#lastPost = Math.min(this.#lastPost, this.#deps.now() + LEFT_ALONE_MS);
    this.#returning = this.#next.splice(0).map((held) => this.#settler.giveBack(held));
    return this.#objects.giveUpWaiting();
  }

  #mayGoOn(): boolean {
    const isOver = this.#stopped || this.#returning !== undefined;
    const goesOn = !isOver && this.#postsLeft > 0 && this.#result.unsent === undefined;
    return goesOn && this.#deps.now() < this.#lastPost;
  }

  get #postsLeft(): number {
    return (this.#plan.maxPosts ?? MAX_POSTS) - this.#result.posts;
  }

  async #take(): Promise<Held[]> {
    const held = await this.#objects.take();
    for (const { object } of held) this.#plan.others.leased(object, this);
    return held;
  }

  /** Posts and settles. */
  async #roundTrip(given: readonly Held[]): Promise<void> {
    const { now, wait, random } = this.#deps;
    const { held, failed } = await this.#amend(await this.#settler.withoutHeld(given));
    const leases = held.map(({ lease }) => lease);
    const { records, unwritable } = await encodeLeases(leases);
    unwritable.push(...failed);
    const delivery = await deliver(records, leases, {
      ...this.#plan,
      plans: heardOf(this.#plan.plans, this.#plan.others),
      // What the hook left may be older than what it judged: nothing overtakes it.
      maxPosts: this.#result.unsent === undefined ? this.#postsLeft : 0,
      post: this.#post,
      stopReason: (index, timeoutMs) => this.#stopReason(leases[index], timeoutMs),
      finished: (finished, outcomes) => {
        const settling = finished.flatMap((index): Settling[] => {
          const [holding, outcome] = [held[index], outcomes.leases[index]];
          if (holding === undefined || outcome === undefined) return [];
          for (const { lease, verdict } of unwritable) {
            if (lease === index) outcome.dead.push(verdict);
          }
          const goesWell = outcome.retry === undefined && outcome.setAside === undefined;
          return [{ ...holding, outcome: outcomes.rest(index), goesWell, sharers: held.length }];
        });
        return this.#settler.settle(settling);
      },
      settlePart: async (index, part) => {
        const holding = held[index];
        return holding !== undefined && this.#settler.settlePart(holding, part);
      },
      slowMs: (kind) => this.#plan.others.slowMs(kind),
      random,
      now,
      wait,
    });
    addDelivery(this.#result, leases, delivery);
    // They are dead, and in no lease any more.
    this.#result.records += failed.length;
    this.#stopped ||= delivery.stopped;
    const last = unwritable.at(-1)?.verdict;
    if (last) this.#result.lastDead ??= { reason: last.reason, message: last.message };
  }

  /** A settlement brought the next lease. */
  #lent(held: Held): void {
    // It was left to itself while the object answered.
    if (this.#returning !== undefined) this.#returning.push(this.#settler.giveBack(held));
    else this.#next.push(held);
  }

  /** The Worker's own hook sees the records before anything of them is posted. */
  async #amend(given: readonly Held[]): Promise<AmendedLeases> {
    const { amending, log } = this.#deps;
    if (amending === undefined) return { held: [...given], failed: [] };
    const { publicKey } = this.#project;
    const amended = await amendLeases(given, publicKey, amending, log, this.#result.posts > 0);
    if (amended.unsent !== undefined) this.#result.unsent = amended.unsent;
    const bytes = (held: readonly Held[]): number =>
      held.reduce((sum, { lease }) => sum + bytesOf(lease), 0);
    this.#objects.heldBytes -= bytes(given) - bytes(amended.held);
    return amended;
  }

  /** The reason against a POST of this length of a lease's records. */
  #stopReason(lease: Lease | undefined, timeoutMs: number): RetryReason | undefined {
    const now = this.#deps.now();
    if (now >= this.#lastPost) return "pass_full";
    const left = (lease?.until ?? 0) - now;
    return left > timeoutMs + SETTLE_MARGIN_MS ? undefined : "lease_too_short";
  }
}
