// The order of sessions in a run of one kind: the evidence against records that failed alone, and the one
// session that is probed out of its order. What the evidence means is decided by keep-order.ts.
import type { WireKind } from "../../langfuse/encode.ts";
import type { NotTaken } from "./judging/blame.ts";
import { type Evidence, makesWay, type Part, probeParts } from "./keep-order.ts";
import type { EncodedRecord } from "./pack.ts";
import type { PassRoom } from "./pass-room.ts";
import type { KindPlan } from "./stop-rule.ts";

export class RunOrder {
  readonly #kind: WireKind;
  readonly #plan: KindPlan;
  readonly #room: PassRoom;
  /** Leases of which a record was tried before its turn. */
  readonly #probed = new Set<number>();
  /** Of anybody, before this run; epoch ms. */
  #lastDelivery: number | undefined;
  /** By lease, the oldest record: the one that earlier tries failed at. */
  readonly #oldest = new Map<number, number>();

  constructor(kind: WireKind, plan: KindPlan, room: PassRoom) {
    this.#kind = kind;
    this.#plan = plan;
    this.#room = room;
  }

  /** Tries that failed before are weighed by what was taken since. */
  async learn(records: readonly EncodedRecord[]): Promise<void> {
    const { lastTryOf, lastDelivery, earlierOf } = this.#room;
    for (const record of records) {
      const { lease, ordinal } = record;
      const isOldest = !this.#oldest.has(lease) && earlierOf(record) === undefined;
      if (isOldest) this.#oldest.set(lease, ordinal);
    }
    const failedBefore = records.some(({ lease, kind }) => lastTryOf(lease, kind) !== undefined);
    if (failedBefore) this.#lastDelivery = await lastDelivery(this.#kind);
  }

  /** After a POST that hung for long: others may have been taken meanwhile. */
  async learnAgain(): Promise<void> {
    this.#lastDelivery = await this.#room.lastDelivery(this.#kind, "again");
  }

  evidence({ record: { lease, ordinal }, hadProof = false }: NotTaken): Evidence {
    const { aloneOf, isSetAsideIn } = this.#room;
    const failures = this.#oldest.get(lease) === ordinal ? aloneOf(lease, this.#kind) : 0;
    const isFurther = isSetAsideIn(lease, this.#kind);
    return { failures, othersTaken: hadProof || this.#isTakenSince(lease), isFurther };
  }

  /** Those behind the record do not wait for it. */
  makesWay(one: NotTaken): boolean {
    return this.#room.earlierOf(one.record) !== undefined || makesWay(this.evidence(one));
  }

  /**
   * The requests of one moment by which a session's oldest records are told from Langfuse: where nothing else shows
   * that others are taken. Of one session in a run, while nothing is known to pass.
   */
  probe(
    records: readonly EncodedRecord[],
    tries: number,
    width: number,
  ): readonly Part[] | undefined {
    const [oldest] = records;
    if (oldest === undefined || (this.#probed.size > 0 && !this.#plan.proven)) return undefined;
    if (this.#isTakenSince(oldest.lease)) return undefined;
    const { now, failingSince } = this.#room;
    // What was taken of anybody shows that not all is stuck.
    const since = failingSince(oldest.lease, this.#kind) ?? now();
    const forMs = now() - Math.max(since, this.#lastDelivery ?? 0);
    const parts = probeParts({ tries, forMs }, records.length, width);
    if (parts !== undefined) this.#probed.add(oldest.lease);
    return parts;
  }

  isProbed({ lease }: EncodedRecord): boolean {
    return this.#probed.has(lease);
  }

  /** Others were taken since the lease's last try. */
  #isTakenSince(lease: number): boolean {
    const lastTry = this.#room.lastTryOf(lease, this.#kind);
    if (lastTry === undefined) return this.#plan.proven;
    return (this.#lastDelivery ?? 0) >= lastTry;
  }
}
