// The records of a run that were not taken alone, until it is known whose fault that is. They are judged once
// others were taken, or at the end; one that may only have met a bad moment is posted again before that.
// Invariant: a record in here is suspended in its lease, and each that leaves is either posted again or judged.
import type { KindOutcomes } from "../../settling/kind-outcomes.ts";
import type { EncodedRecord } from "../pack.ts";
import type { PassRoom } from "../pass-room.ts";
import type { RunOrder } from "../run-order.ts";
import type { KindPlan } from "../stop-rule.ts";
import { mayBeTheMoment, type NotTaken } from "./blame.ts";
import { judge } from "./judge.ts";

export class NotTakenRecords {
  readonly #plan: KindPlan;
  readonly #room: PassRoom;
  readonly #order: RunOrder;
  readonly #outcomes: KindOutcomes;
  readonly #waiting: NotTaken[] = [];

  constructor(plan: KindPlan, room: PassRoom, order: RunOrder, outcomes: KindOutcomes) {
    this.#plan = plan;
    this.#room = room;
    this.#order = order;
    this.#outcomes = outcomes;
  }

  get all(): readonly NotTaken[] {
    return this.#waiting;
  }

  add(one: NotTaken): void {
    this.#waiting.push(one);
    this.#outcomes.suspend(one);
  }

  /**
   * The first success proves nothing against a record that was refused before it: Langfuse may have refused
   * everything until then. Such a record is posted once more, alone, and judged by that. So is one that
   * failed just before another of its session passed that is behind it.
   */
  takeEarly(): EncodedRecord[] {
    const { outcomes } = this.#room;
    const early = this.#waiting.filter(
      (one) =>
        (mayBeTheMoment(one) || this.#order.isProbed(one.record)) &&
        !outcomes.isDeferred(one.record.lease, one.record.kind),
    );
    for (const one of early) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      outcomes.release(one.record);
    }
    return early.map(({ record }) => record);
  }

  /** Finds the fault of each of them. */
  async judge(): Promise<void> {
    const outcomes = this.#outcomes;
    const { earlierOf, provenSince, now } = this.#room;
    for (const one of this.#waiting.splice(0)) {
      const { blame, ...dead } = await judge(one, {
        delivered: outcomes.delivered > 0,
        proven: this.#plan.proven,
        provenSince: (lease) => provenSince(lease, outcomes.kind),
        earlierOf,
        now,
      });
      if (blame === "dead") outcomes.markDead(one.record, dead);
      else if (blame === "left") outcomes.release(one);
      else if (this.#makesWay(one)) outcomes.setRecordAside(one);
      else outcomes.releaseToHoldUp(one, this.#order.evidence(one).othersTaken);
    }
  }

  /** A record that was probed, and failed again after another one of its session had passed, does so at once. */
  #makesWay(one: NotTaken): boolean {
    const failedAgain = this.#order.isProbed(one.record) && one.hadProof === true;
    return failedAgain || this.#order.makesWay(one);
  }
}
