// The passes of one project in this isolate that are not over, and their POSTs without an answer. A POST that
// hangs is given up after its timeout, and only then health hears of it; until then nothing but this tells the
// passes that begin meanwhile. Lost with the isolate: then a hang is found out once more.
import { POST_TIMEOUT_MS, PROBE_TIMEOUT_MS, PROVEN_MS } from "../protocol/delivery-times.ts";
import type { Verdict } from "../langfuse/classify.ts";
import type { RecordKind } from "../protocol/record.ts";
import type { Lease } from "../protocol/session/lease-calls.ts";
import type { DeliverDeps, Plan } from "./deliver.ts";
import type { HeldRecords } from "./settling/held-records.ts";
import { LateSettlements } from "./settling/late-settlements.ts";

/** A POST that has had no answer for so long hangs … */
const HANGING_MS = 3_000;
/** … where others failed, as if it did after so long … */
const LATE_MS = 500;
/** … unless the last one that was taken took no less than a quarter of either: then Langfuse is slow. */
const SLOW_FACTOR = 4;
/** No POST lasts so long: the platform has ended its invocation, whose promises never settle. */
const LOST_MS = 2 * POST_TIMEOUT_MS;

/** The POSTs of a kind that hang. */
export interface Hanging {
  posts: number;
  /** The same, and those that would have an answer by now from a Langfuse that is well. */
  late: number;
  /** Langfuse has taken something of the kind since the first that is late was sent. */
  passes: boolean;
  /** Something of the kind was ever posted here. */
  isUsed: boolean;
  /** Langfuse answered the last one that it took in far less time than a probe has, a moment ago. */
  isQuick: boolean;
}

/** A pass, as the others know it. */
export interface PassUnderWay {
  /** The records that it was lent, and has not settled. */
  readonly held: HeldRecords;
  /** Another pass has been lent what waits in the object: this one's count of it is out of date. */
  forget: (object: string) => void;
  /** Bytes of records that it holds. */
  readonly heldBytes: number;
  /** No pass lasts until then, epoch ms: one that does was ended by the platform. */
  readonly endsBy: number;
}

export class PassesUnderWay {
  readonly late = new LateSettlements();
  readonly #passes = new Set<PassUnderWay>();
  readonly #sent = { observation: new Set<Sent>(), score: new Set<Sent>() };
  readonly #used = new Set<RecordKind>();
  /** The last POST of each kind that was taken: when, and how long it took. */
  readonly #taken: Partial<Record<RecordKind, { at: number; ms: number }>> = {};

  begin(pass: PassUnderWay): void {
    this.#passes.add(pass);
  }

  end(pass: PassUnderWay): void {
    this.#passes.delete(pass);
  }

  heldBytes(now: number): number {
    for (const pass of this.#passes) if (pass.endsBy <= now) this.#passes.delete(pass);
    return [...this.#passes].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** A lease of the object was granted to this pass. */
  leased(object: string, to: PassUnderWay): void {
    for (const pass of this.#passes) if (pass !== to) pass.forget(object);
  }

  /**
   * Another pass was lent some of these records before, and has just settled them, or is about to, as far as anybody
   * knows.
   */
  isHeld(object: string, lease: Lease, by: PassUnderWay, now: number): boolean {
    if (this.late.has(object, lease, now)) return true;
    return [...this.#passes].some((pass) => pass !== by && pass.held.has(object, lease, now));
  }

  async during(
    kind: RecordKind,
    now: () => number,
    post: () => Promise<Verdict>,
  ): Promise<Verdict> {
    const sent: Sent = { at: now() };
    this.#sent[kind].add(sent);
    this.#used.add(kind);
    try {
      const verdict = await post();
      const isTaken = verdict.kind === "delivered" || verdict.kind === "partly";
      if (isTaken) this.#taken[kind] = { at: now(), ms: now() - sent.at };
      return verdict;
    } finally {
      this.#sent[kind].delete(sent);
    }
  }

  /** Langfuse has taken something of the kind from here. */
  isTaken(kind: RecordKind): boolean {
    return this.#taken[kind] !== undefined;
  }

  /** How long an answer of the kind may take before it is late for a Langfuse as slow as it was last, ms. */
  slowMs(kind: RecordKind): number {
    return SLOW_FACTOR * (this.#taken[kind]?.ms ?? 0);
  }

  hanging(kind: RecordKind, now: number): Hanging {
    for (const one of this.#sent[kind]) if (one.at <= now - LOST_MS) this.#sent[kind].delete(one);
    const taken = this.#taken[kind] ?? { at: Number.NEGATIVE_INFINITY, ms: 0 };
    const sent = Array.from(this.#sent[kind], ({ at }) => at);
    const slowMs = this.slowMs(kind);
    const posts = sent.filter((at) => at <= now - Math.max(HANGING_MS, slowMs)).length;
    const times = sent.filter((at) => at <= now - Math.max(LATE_MS, slowMs));
    const late = times.length;
    const isUsed = this.#used.has(kind);
    const isQuick = taken.at > now - PROVEN_MS && SLOW_FACTOR * taken.ms <= PROBE_TIMEOUT_MS;
    return { posts, late, passes: taken.at > Math.min(...times), isUsed, isQuick };
  }
}

/** @param passes undefined where none has begun yet */
export function hangingIn(
  passes: PassesUnderWay | undefined,
  now: number,
): Record<RecordKind, Hanging> {
  const none: Hanging = { posts: 0, late: 0, passes: false, isUsed: false, isQuick: false };
  return {
    observation: passes?.hanging("observation", now) ?? none,
    score: passes?.hanging("score", now) ?? none,
  };
}

interface Sent {
  /** Epoch ms. */
  at: number;
}

/** The plans, but that a kind of which something was taken meanwhile is fresh no more. */
export function heardOf(plans: DeliverDeps["plans"], others: PassesUnderWay): DeliverDeps["plans"] {
  const heard = (kind: RecordKind): Plan => {
    const plan = plans[kind];
    if ("closedMs" in plan || !others.isTaken(kind)) return plan;
    const { fresh: _heard, ...known } = plan;
    return known;
  };
  return { observation: heard("observation"), score: heard("score") };
}
