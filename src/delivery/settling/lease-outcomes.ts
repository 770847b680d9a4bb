// The outcome of each record of a pass, by lease: delivered, dead, set aside, or left with a reason. A lease
// is finished as soon as that is known of all its records, so that it can be settled at once; and what is known
// of a lease that is not finished can be told by itself. Nothing is told twice.
import type { WireKind } from "../../langfuse/encode.ts";
import { RECORD_KINDS } from "../../protocol/record.ts";
import type { DeadVerdict } from "../../protocol/session/settle-calls.ts";
import {
  type LeaseOutcome,
  type Left,
  NOTHING_TOLD,
  type PartOutcome,
  retryOf,
  type Told,
  untold,
} from "./lease-outcome.ts";
import type { EncodedRecord } from "../posts/pack.ts";

interface Undecided {
  kind: WireKind;
  /** Its fault is still judged: no `defer` decides about it. */
  waits: boolean;
}

export class LeaseOutcomes {
  /** All that is known of each, told or not. */
  readonly leases: LeaseOutcome[];
  /** By lease: records without an outcome yet, by ordinal. */
  readonly #undecided: Map<number, Undecided>[];
  /** By lease: records in a request that has no answer yet. Nothing is decided of them before it. */
  readonly #inFlight: Set<number>[];
  /** By lease and kind: the reason why the rest of it is left. */
  readonly #left: Map<WireKind, Left>[];
  /** By lease: kinds of which something was taken. */
  readonly #passed: Set<WireKind>[];
  /** By lease: kinds of which a request failed. */
  readonly #failed: Set<WireKind>[];
  readonly #told: Told[];
  readonly #finished = new Set<number>();

  constructor(leases: number, records: readonly EncodedRecord[]) {
    this.leases = Array.from({ length: leases }, () => ({ delivered: [], dead: [] }));
    this.#undecided = this.leases.map(() => new Map());
    this.#inFlight = this.leases.map(() => new Set());
    this.#left = this.leases.map(() => new Map());
    this.#passed = this.leases.map(() => new Set());
    this.#failed = this.leases.map(() => new Set());
    this.#told = this.leases.map(() => NOTHING_TOLD);
    for (const { lease, ordinal, kind } of records) {
      this.#undecidedOf(lease).set(ordinal, { kind, waits: false });
    }
  }

  /** Called before each POST: a lease whose kind is deferred meanwhile waits for the answer all the same. */
  posting(records: readonly EncodedRecord[]): void {
    for (const { lease, ordinal } of records) this.#inFlight[lease]?.add(ordinal);
  }

  /** Called when the answer has been decided about: what it left undecided goes the way of its kind. */
  answered(records: readonly EncodedRecord[]): void {
    for (const { lease, ordinal, kind } of records) {
      this.#inFlight[lease]?.delete(ordinal);
      const undecided = this.#undecidedOf(lease);
      const goes = undecided.get(ordinal)?.waits === false && this.isDeferred(lease, kind);
      if (goes) undecided.delete(ordinal);
    }
  }

  deliver({ lease, ordinal, kind }: EncodedRecord): void {
    this.#of(lease).delivered.push(ordinal);
    this.#undecidedOf(lease).delete(ordinal);
    this.#passed[lease]?.add(kind);
  }

  markDead(lease: number, verdict: DeadVerdict): void {
    this.#of(lease).dead.push(verdict);
    this.#undecidedOf(lease).delete(verdict.ordinal);
  }

  /** A record that is tried again by itself: what is behind it goes on. */
  setAside({ lease, ordinal }: EncodedRecord): void {
    (this.#of(lease).setAside ??= []).push(ordinal);
    this.#undecidedOf(lease).delete(ordinal);
  }

  /** A suspended record keeps its lease unfinished, and no `defer` decides about it, until it is judged. */
  suspend({ lease, ordinal, kind }: EncodedRecord): void {
    this.#undecidedOf(lease).set(ordinal, { kind, waits: true });
  }

  /** A suspended record that is not at fault, as far as is known, goes the way of the rest again. */
  release({ lease, ordinal, kind }: EncodedRecord): void {
    this.#undecidedOf(lease).set(ordinal, { kind, waits: false });
  }

  /** Leaves the rest of a kind for later; nothing of it is posted after this. The first reason stays. */
  defer(lease: number, kind: WireKind, left: Left): void {
    const outcome = this.#of(lease);
    const lefts = this.#leftOf(lease);
    const before = lefts.get(kind);
    if (before === undefined || (before.untried === true && left.untried !== true)) {
      const passes = left.untried === true && this.#passes(lease, kind);
      lefts.set(kind, passes ? { ...left, passes } : left);
    } else if (left.alone) lefts.set(kind, { ...before, alone: true });
    outcome.retry = retryOf(lefts);
    const undecided = this.#undecidedOf(lease);
    const inFlight = this.#inFlight[lease];
    for (const [ordinal, its] of undecided) {
      if (its.kind === kind && !its.waits && inFlight?.has(ordinal) !== true) {
        undecided.delete(ordinal);
      }
    }
  }

  /** A request of the kind failed: what is left of it may be what failed. */
  failed(lease: number, kind: WireKind): void {
    this.#failed[lease]?.add(kind);
  }

  #passes(lease: number, kind: WireKind): boolean {
    return this.#passed[lease]?.has(kind) === true && this.#failed[lease]?.has(kind) !== true;
  }

  isDeferred(lease: number, kind: WireKind): boolean {
    return this.#leftOf(lease).has(kind);
  }

  /** Nothing is known of it, nor of the rest of its kind. */
  isOpen({ lease, ordinal, kind }: EncodedRecord): boolean {
    return this.#undecidedOf(lease).get(ordinal)?.waits === false && !this.isDeferred(lease, kind);
  }

  /** Leases of which all is known since this was asked last. */
  takeFinished(): number[] {
    const finished = [...this.#undecided.keys()].filter(
      (lease) => this.#undecidedOf(lease).size === 0 && !this.#finished.has(lease),
    );
    for (const lease of finished) this.#finished.add(lease);
    return finished;
  }

  /** Leases of which something is known and not told, and something is not known. */
  partlyKnown(): number[] {
    return [...this.leases.keys()].filter(
      (lease) => this.#undecidedOf(lease).size > 0 && this.#news(lease) !== undefined,
    );
  }

  /** Leases of which nothing is known, and nothing told, and whose records are all of this kind. */
  openAlone(kind: WireKind): number[] {
    return [...this.leases.keys()].filter((lease) => this.isOpenAlone(lease, kind));
  }

  isOpenAlone(lease: number, kind: WireKind): boolean {
    const open = this.#openKinds(lease);
    const isUnknown = this.#toldOf(lease) === NOTHING_TOLD && this.#news(lease) === undefined;
    return open.length === 1 && open[0] === kind && isUnknown;
  }

  /** The known part of a lease that is not finished, from now on told; undefined where there is nothing to tell. */
  takePart(lease: number): { part: PartOutcome; before: Told } | undefined {
    const keeps = this.#openKinds(lease);
    const news = this.#news(lease);
    if (keeps.length === 0 || news === undefined) return undefined;
    const before = this.#toldOf(lease);
    this.#told[lease] = news.told;
    return { part: { ...news.outcome, keeps }, before };
  }

  /** The part that was taken could not be told. */
  putBack(lease: number, before: Told): void {
    this.#told[lease] = before;
  }

  /** All of a finished lease that was not told. */
  rest(lease: number): LeaseOutcome {
    return untold(this.#of(lease), this.#leftOf(lease), this.#toldOf(lease), []).outcome;
  }

  /** Undefined where all that can be told is told. */
  #news(lease: number): ReturnType<typeof untold> | undefined {
    const told = this.#toldOf(lease);
    const news = untold(this.#of(lease), this.#leftOf(lease), told, this.#openKinds(lease));
    const { delivered, dead, setAside = [], retry } = news.outcome;
    const count = delivered.length + dead.length + setAside.length;
    return count > 0 || retry !== undefined ? news : undefined;
  }

  #openKinds(lease: number): WireKind[] {
    const open = new Set(Array.from(this.#undecidedOf(lease).values(), ({ kind }) => kind));
    return RECORD_KINDS.filter((kind) => open.has(kind));
  }

  #of(lease: number): LeaseOutcome {
    return inPass(this.leases, lease);
  }

  #undecidedOf(lease: number): Map<number, Undecided> {
    return inPass(this.#undecided, lease);
  }

  #leftOf(lease: number): Map<WireKind, Left> {
    return inPass(this.#left, lease);
  }

  #toldOf(lease: number): Told {
    return inPass(this.#told, lease);
  }
}

function inPass<T>(all: readonly T[], lease: number): T {
  const one = all[lease];
  if (one === undefined) throw new RangeError(`no lease ${lease} in this pass`);
  return one;
}
