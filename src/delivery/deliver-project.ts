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
import type { RetryReason, SettleAnswer, Settlement } from "../protocol/session/settle-calls.ts";
import type { RecordKind } from "../protocol/record.ts";
import type { Project } from "../settings/index.ts";
import { KNOWN, type SessionDeps, settle, SETTLE_AGAIN_MS } from "./call-session.ts";
import type { Claimed } from "./claims.ts";
import { deliver, type DeliverDeps, type Plan } from "./deliver.ts";
import { encodeLeases } from "./encode-leases.ts";
import { type AmendedLeases, type Amending, amendLeases } from "./hooks/amend-leases.ts";
import { inParallel } from "./in-parallel.ts";
import { bytesOf, CALLS_AT_ONCE, type Held, ObjectLeases, PASS_BYTES } from "./lease-objects.ts";
import { settledFigures } from "./figures/settled-figures.ts";
import { timedPosts } from "./figures/timed-posts.ts";
import { HeldRecords } from "./settling/held-records.ts";
import { LeaseBooks, type Settled } from "./settling/lease-books.ts";
import type { LeaseOutcome, PartOutcome } from "./settling/lease-outcome.ts";
import {
  addDelivery,
  addNotFound,
  addReport,
  emptyResult,
  type PassResult,
} from "./pass-result.ts";
import { MAX_POSTS } from "./posts/post-slots.ts";
import type { PassesUnderWay, PassUnderWay } from "./passes-under-way.ts";
import { Standstill } from "./standstill.ts";

const NO_KIND: NonNullable<Settlement["retry"]> = { reason: "unavailable", kinds: [] };

/** The end of a lease: of its outcome, what its object does not know yet. */
interface Settling extends Settled {
  /** Nothing of it was left or set aside. */
  goesWell: boolean;
  /** Leases among which the room of a pass is shared. */
  sharers: number;
}

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

/** The plans, but that a kind of which something was taken meanwhile is fresh no more. */
function heardOf({ plans, others }: PassPlan): PassPlan["plans"] {
  const heard = (kind: RecordKind): Plan => {
    const plan = plans[kind];
    if ("closedMs" in plan || !others.isTaken(kind)) return plan;
    const { fresh: _heard, ...known } = plan;
    return known;
  };
  return { observation: heard("observation"), score: heard("score") };
}

class DeliveryRun implements PassUnderWay {
  readonly standstill: Standstill;
  readonly held = new HeldRecords();
  readonly endsBy: number;
  readonly #project: Project;
  readonly #plan: PassPlan;
  readonly #deps: PassDeps;
  readonly #objects: ObjectLeases;
  readonly #books: LeaseBooks;
  readonly #post: PostItems;
  /** Nothing is posted from then on, epoch ms. */
  #lastPost: number;
  readonly #result = emptyResult();
  #stopped = false;
  /** Leases whose records for figures alone are settled. */
  readonly #sampledOutTold = new WeakSet<Lease>();
  /** Leases for the next round trip. */
  #next: Held[] = [];
  /** Settlements that their objects did not take at first. */
  readonly #late: Promise<void>[] = [];
  /** Settlements of leases that others are to have. */
  #returning: Promise<void>[] | undefined;

  constructor(project: Project, claimed: readonly Claimed[], plan: PassPlan, deps: PassDeps) {
    this.#project = project;
    this.#plan = plan;
    this.#deps = deps;
    this.#objects = new ObjectLeases(claimed, deps);
    this.#books = new LeaseBooks(plan.tell);
    this.#lastPost = deps.now() + PASS_MS - POST_TIMEOUT_MS;
    this.endsBy = deps.now() + 2 * PASS_MS;
    this.standstill = new Standstill(deps);
    const told = (one: LangfusePost): void => void this.#result.answers.push(one);
    const post = timedPosts(deps.posterTo(project), deps.now, told);
    this.#post = (kind, parts, timeoutMs) =>
      this.standstill.during(() =>
        plan.others.during(kind, deps.now, () => post(kind, parts, timeoutMs)),
      );
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
      await Promise.all([...(this.#returning ?? []), ...this.#late]);
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
    this.#returning = this.#next.splice(0).map((held) => this.#return(held));
    return this.#objects.giveUpWaiting();
  }

  #mayGoOn(): boolean {
    const goesOn = !this.#stopped && this.#returning === undefined && this.#postsLeft > 0;
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
    const { held, failed } = await this.#amend(await this.#withoutHeld(given));
    const leases = held.map(({ lease }) => lease);
    const { records, unwritable } = await encodeLeases(leases);
    unwritable.push(...failed);
    const delivery = await deliver(records, leases, {
      ...this.#plan,
      plans: heardOf(this.#plan),
      maxPosts: this.#postsLeft,
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
          const rest = this.#withSampledOut(outcomes.rest(index), holding.lease);
          return [{ ...holding, outcome: rest, goesWell, sharers: held.length }];
        });
        return this.#settleLeases(settling);
      },
      settlePart: (index, part) => this.#settlePart(held[index], part),
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

  /** Leases without those of which another pass of this isolate has some records still: these end untried. */
  async #withoutHeld(given: readonly Held[]): Promise<Held[]> {
    const { others } = this.#plan;
    const own: Held[] = [];
    const returned: Promise<void>[] = [];
    for (const one of given) {
      const { object, lease } = one;
      if (others.isHeld(object, lease, this, this.#deps.now())) returned.push(this.#return(one));
      else {
        this.held.lent(object, lease);
        own.push(one);
      }
    }
    await Promise.all(returned);
    return own;
  }

  /** The Worker's own hook sees the records before anything of them is posted. */
  async #amend(given: readonly Held[]): Promise<AmendedLeases> {
    const { amending, log } = this.#deps;
    if (amending === undefined) return { held: [...given], failed: [] };
    const { publicKey } = this.#project;
    const amended = await amendLeases(given, publicKey, amending, log);
    const bytes = (held: readonly Held[]): number =>
      held.reduce((sum, { lease }) => sum + bytesOf(lease), 0);
    this.#objects.heldBytes -= bytes(given) - bytes(amended.held);
    return amended;
  }

  async #settlePart(holding: Held | undefined, part: PartOutcome): Promise<boolean> {
    if (holding === undefined) return false;
    const { object, lease } = holding;
    const settled = this.#withSampledOut(part, lease);
    const [told] = await this.#books.told([{ object, lease, outcome: settled }]);
    this.#settling(object, lease, settled);
    const answer = await settle(this.#deps, object, { lease: lease.id, ...settled, ...told });
    if (answer === undefined) {
      this.#plan.others.late.failed(object);
      return false;
    }
    this.held.settled(object, lease, part.keeps);
    this.#sampledOutTold.add(lease);
    this.#books.settledPart(lease, settled);
    addNotFound(this.#result, answer);
    this.#result.objects.add(object);
    addReport(this.#result, object, answer.report);
    this.#addFigures(lease, settled, answer);
    return true;
  }

  #settling(object: string, lease: Lease, { delivered }: LeaseOutcome): void {
    this.#plan.others.late.settling(object, lease, delivered, this.#deps.now());
  }

  /** The ledger is told first: then each session knows what the ledger knows. */
  async #settleLeases(settling: readonly Settling[]): Promise<void> {
    if (settling.length === 0) return;
    const told = await this.#books.told(settling);
    await inParallel([...settling.keys()], CALLS_AT_ONCE, async (index) => {
      const one = settling[index];
      if (one !== undefined) await this.#settleLease(one, told[index]);
    });
  }

  /** Settles one lease of `sharers`, and asks for the next one, where there is time for more. */
  async #settleLease(settling: Settling, told: Pick<Settlement, "told"> = {}): Promise<void> {
    const { object, lease, outcome, goesWell, sharers } = settling;
    const objects = this.#objects;
    objects.heldBytes -= bytesOf(lease);
    // Objects that wait to be asked go first; more of the same ones is leased only after them.
    const goesOn = this.#mayGoOn() && !objects.hasWaiting;
    const room = Math.min(Math.floor(PASS_BYTES / sharers), PASS_BYTES - objects.heldBytes);
    const asks = goesOn && goesWell && room > 0 && objects.mayAsk();
    if (asks) objects.heldBytes += room;
    const buried = outcome.dead.at(-1);
    this.#settling(object, lease, outcome);
    if (buried) this.#result.lastDead = { ...buried, id: `${object}.${buried.ordinal}` };
    const settlement: Settlement = {
      lease: lease.id,
      ...outcome,
      ...told,
      // For an object of an earlier version, which would lend what is set aside again at once.
      ...(outcome.setAside && !outcome.retry && { retry: NO_KIND }),
    };
    const answer = await settle(this.#deps, object, {
      ...settlement,
      ...(asks && { next: { maxBytes: room, strict: true, ...KNOWN } }),
    });
    this.held.settled(object, lease);
    if (asks) objects.heldBytes -= room;
    if (answer === undefined) {
      this.#late.push(this.#settleLate(settling, settlement));
      return;
    }
    this.#addSettled(settling, answer);
    if (answer.next === undefined) return;
    objects.heldBytes += bytesOf(answer.next);
    const held = { object, lease: answer.next };
    // It was left to itself while the object answered.
    if (this.#returning !== undefined) this.#returning.push(this.#return(held));
    else this.#next.push(held);
  }

  /** Nobody waits for it but the end of the pass: an object that throws holds up no other. */
  async #settleLate(settling: Settling, settlement: Settlement): Promise<void> {
    await this.#deps.wait(SETTLE_AGAIN_MS);
    const answer = await settle(this.#deps, settling.object, settlement, true);
    if (answer === undefined) this.#plan.others.late.failed(settling.object);
    else this.#addSettled(settling, answer);
  }

  #addSettled({ object, lease, outcome, goesWell }: Settling, answer: SettleAnswer): void {
    this.#result.objects.add(object);
    addReport(this.#result, object, answer.report);
    addNotFound(this.#result, answer);
    this.#addFigures(lease, outcome, answer);
    // Records sealed meanwhile have been claimed again, and are on their way.
    this.#result.pending.set(object, goesWell ? 0 : answer.sealed);
  }

  /**
   * Records that are for their figures alone are done with: their session counts them as what they are. The first
   * settlement of a lease has them, since the next consumer may be lent what it leaves.
   */
  #withSampledOut<Outcome extends LeaseOutcome>(outcome: Outcome, lease: Lease): Outcome {
    const done = lease.records.filter(({ sampledOut }) => sampledOut === true);
    if (done.length === 0 || this.#sampledOutTold.has(lease)) return outcome;
    const delivered = [...outcome.delivered, ...done.map(({ ordinal }) => ordinal)];
    return { ...outcome, delivered };
  }

  /** A lease of which nothing was posted ends: its object claims again at once. */
  async #return({ object, lease }: Held): Promise<void> {
    this.#objects.heldBytes -= bytesOf(lease);
    const answer = await settle(this.#deps, object, {
      lease: lease.id,
      delivered: [],
      dead: [],
      retry: { reason: "pass_full" },
      told: false,
    });
    if (answer === undefined) return;
    this.#result.pending.set(object, answer.sealed);
  }

  #addFigures(lease: Lease, settled: LeaseOutcome, answer: SettleAnswer): void {
    const { log, tellsFigures } = this.#deps;
    if (!tellsFigures) return;
    const told = settledFigures(this.#project.publicKey, lease, settled, answer, log);
    for (const one of told) this.#result.figures.push(one);
  }

  /** The reason against a POST of this length of a lease's records. */
  #stopReason(lease: Lease | undefined, timeoutMs: number): RetryReason | undefined {
    const now = this.#deps.now();
    if (now >= this.#lastPost) return "pass_full";
    const left = (lease?.until ?? 0) - now;
    return left > timeoutMs + SETTLE_MARGIN_MS ? undefined : "lease_too_short";
  }
}
