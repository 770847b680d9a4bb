// The order of sessions in a run of one kind: the evidence against records that failed alone, and the one
// session that is probed out of its order. What the evidence means is decided by keep-order.ts.
import type { WireKind } from "../../langfuse/encode.ts";
import type { NotTaken } from "./blame.ts";
import { type Evidence, makesWay, probePlace } from "./keep-order.ts";
import type { EncodedRecord } from "./pack.ts";
import type { PassRoom } from "./pass-room.ts";
import type { KindPlan } from "./stop-rule.ts";

export class RunOrder {
  readonly #kind: WireKind;
  readonly #plan: KindPlan;
  readonly #room: PassRoom;
  /** The lease of which a record was tried before its turn. */
  #probed: number | undefined;
  /** Of anybody, before this run; epoch ms. */
  #lastDelivery: number | undefined;

  constructor(kind: WireKind, plan: KindPlan, room: PassRoom) {
    this.#kind = kind;
    this.#plan = plan;
    this.#room = room;
  }

  /** Tries that failed before are weighed by what was taken since. */
  async learn(records: readonly EncodedRecord[]): Promise<void> {
    const { lastTryOf, lastDelivery } = this.#room;
    const failedBefore = records.some(({ lease, kind }) => lastTryOf(lease, kind) !== undefined);
    if (failedBefore) this.#lastDelivery = await lastDelivery(this.#kind);
  }

  evidence({ record: { lease }, hadProof = false }: NotTaken): Evidence {
    const { aloneOf, lastTryOf } = this.#room;
    const lastTry = lastTryOf(lease, this.#kind);
    const before = lastTry === undefined ? this.#plan.proven : (this.#lastDelivery ?? 0) > lastTry;
    return { failures: aloneOf(lease, this.#kind), othersTaken: hadProof || before };
  }

  /** Those behind the record do not wait for it. */
  makesWay(one: NotTaken): boolean {
    return this.#room.earlierOf(one.record) !== undefined || makesWay(this.evidence(one));
  }

  /** The place of the record that is to be tried beside a session's oldest one: of one session in a run. */
  probe(records: readonly EncodedRecord[], tries: number): number | undefined {
    const [oldest] = records;
    if (oldest === undefined || this.#probed !== undefined) return undefined;
    const place = probePlace(tries, records.length);
    if (place !== undefined) this.#probed = oldest.lease;
    return place;
  }

  isProbed({ lease }: EncodedRecord): boolean {
    return lease === this.#probed;
  }
}
