// One pass over the claimed objects of one project: lease what they have sealed, post it, settle
// each lease as soon as all is known of it; in round trips, while there is time. Invariants: nothing is posted
// that can't be finished before its lease ends; an object that throws costs only itself; an object that was
// not asked is returned to the caller.
import { PASS_MS, POST_TIMEOUT_MS, SETTLE_MARGIN_MS } from "../protocol/delivery-times.ts";
import type { PostItems } from "../langfuse/poster.ts";
import type { Lease, RetryReason, SettleAnswer, Settlement } from "../protocol/session-calls.ts";
import type { Project } from "../settings/index.ts";
import { type SessionDeps, settle } from "./call-session.ts";
import type { Claimed } from "./claims.ts";
import { deliver, type DeliverDeps } from "./deliver.ts";
import { encodeLeases } from "./encode-leases.ts";
import { inParallel } from "./in-parallel.ts";
import { bytesOf, CALLS_AT_ONCE, type Held, ObjectLeases, PASS_BYTES } from "./lease-objects.ts";
import { settledFigures } from "./figures/settled-figures.ts";
import { timedPosts } from "./figures/timed-posts.ts";
import type { LeaseOutcome, PartOutcome } from "./settling/lease-outcome.ts";
import {
  addDelivery,
  addNotFound,
  addReport,
  emptyResult,
  type PassResult,
} from "./pass-result.ts";

const NO_KIND: NonNullable<Settlement["retry"]> = { reason: "unavailable", kinds: [] };

/** The end of a lease: what its object does not know yet. */
interface Settling {
  rest: LeaseOutcome;
  /** Nothing of it was left or set aside. */
  goesWell: boolean;
  /** Leases among which the room of a pass is shared. */
  sharers: number;
}

export interface PassDeps extends SessionDeps {
  random: () => number;
  posterTo: (project: Project) => PostItems;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  /** Somebody is to be told what the settled records tell. */
  tellsFigures: boolean;
}

/** The way a project may be posted to, and the proof that Langfuse takes anything. */
export type PassPlan = Pick<DeliverDeps, "plans" | "lastDelivery" | "postsAtOnce">;

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
  readonly #objects: ObjectLeases;
  /** Nothing is posted from then on, epoch ms. */
  readonly #lastPost: number;
  readonly #result = emptyResult();
  #stopped = false;

  constructor(project: Project, claimed: readonly Claimed[], plan: PassPlan, deps: PassDeps) {
    this.#project = project;
    this.#plan = plan;
    this.#deps = deps;
    this.#objects = new ObjectLeases(claimed, deps);
    this.#lastPost = deps.now() + PASS_MS - POST_TIMEOUT_MS;
  }

  async run(): Promise<PassResult> {
    let held: Held[] = [];
    while (this.#mayGoOn() || held.length > 0) {
      if (this.#mayGoOn()) held.push(...(await this.#objects.take()));
      if (held.length === 0) break;
      held = await this.#roundTrip(held);
    }
    const { waiting, unreadable } = this.#objects;
    this.#result.unasked.push(...waiting);
    if (unreadable) this.#result.unreadable = unreadable;
    return this.#result;
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#deps.now() < this.#lastPost;
  }

  /** Posts and settles; returns the leases that settling gave for the next round trip. */
  async #roundTrip(held: readonly Held[]): Promise<Held[]> {
    const { posterTo, now, wait, random } = this.#deps;
    const leases = held.map(({ lease }) => lease);
    const { records, unwritable } = await encodeLeases(leases);
    const more: Held[] = [];
    const delivery = await deliver(records, leases, {
      ...this.#plan,
      post: timedPosts(posterTo(this.#project), now, (one) => this.#result.answers.push(one)),
      stopReason: (index, timeoutMs) => this.#stopReason(leases[index], timeoutMs),
      finished: (finished, outcomes) =>
        inParallel(finished, CALLS_AT_ONCE, async (index) => {
          const [holding, outcome] = [held[index], outcomes.leases[index]];
          if (holding === undefined || outcome === undefined) return;
          for (const { lease, verdict } of unwritable) {
            if (lease === index) outcome.dead.push(verdict);
          }
          const goesWell = outcome.retry === undefined && outcome.setAside === undefined;
          const rest = withSampledOut(outcomes.rest(index), holding.lease);
          const settling = { rest, goesWell, sharers: held.length };
          const next = await this.#settleLease(holding, settling);
          if (next) more.push(next);
        }),
      settlePart: (index, part) => this.#settlePart(held[index], part),
      random,
      now,
      wait,
    });
    addDelivery(this.#result, leases, delivery);
    this.#stopped ||= delivery.stopped;
    const last = unwritable.at(-1)?.verdict;
    if (last) this.#result.lastDead ??= { reason: last.reason, message: last.message };
    return more;
  }

  async #settlePart(holding: Held | undefined, part: PartOutcome): Promise<boolean> {
    if (holding === undefined) return false;
    const { object, lease } = holding;
    const answer = await settle(this.#deps, object, { lease: lease.id, ...part });
    if (answer === undefined) return false;
    addNotFound(this.#result, answer);
    addReport(this.#result, object, answer.report);
    this.#addFigures(lease, part, answer);
    return true;
  }

  /** Settles one lease of `sharers`, and returns the next one, where there is time for more. */
  async #settleLease({ object, lease }: Held, settling: Settling): Promise<Held | undefined> {
    const { rest: outcome, goesWell, sharers } = settling;
    const objects = this.#objects;
    objects.heldBytes -= bytesOf(lease);
    // Objects that wait to be asked go first; more of the same ones is leased only after them.
    const goesOn = this.#mayGoOn() && !objects.hasWaiting;
    const room = Math.min(Math.floor(PASS_BYTES / sharers), PASS_BYTES - objects.heldBytes);
    const asks = goesOn && goesWell && room > 0;
    if (asks) objects.heldBytes += room;
    const buried = outcome.dead.at(-1);
    if (buried) this.#result.lastDead = { ...buried, id: `${object}.${buried.ordinal}` };
    const answer = await settle(this.#deps, object, {
      lease: lease.id,
      ...outcome,
      // For an object of an earlier version, which would lend what is set aside again at once.
      ...(outcome.setAside && !outcome.retry && { retry: NO_KIND }),
      ...(asks && { next: { maxBytes: room, strict: true, spans: true, sampledOut: true } }),
    });
    if (asks) objects.heldBytes -= room;
    if (answer === undefined) return undefined;
    addReport(this.#result, object, answer.report);
    addNotFound(this.#result, answer);
    this.#addFigures(lease, outcome, answer);
    // Records sealed meanwhile have been claimed again, and are on their way.
    this.#result.pending.set(object, goesWell ? 0 : answer.sealed);
    if (answer.next === undefined) return undefined;
    objects.heldBytes += bytesOf(answer.next);
    return { object, lease: answer.next };
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

/** Records that are for their figures alone are done with: their session counts them as what they are. */
function withSampledOut(rest: LeaseOutcome, { records }: Lease): LeaseOutcome {
  const done = records.filter(({ sampledOut }) => sampledOut === true);
  if (done.length === 0) return rest;
  return { ...rest, delivered: [...rest.delivered, ...done.map(({ ordinal }) => ordinal)] };
}
