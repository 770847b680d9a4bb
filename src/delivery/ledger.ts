// What became of each record of a pass, by lease: delivered, dead, or left with a reason. A record
// that is written down as neither delivered nor dead counts as left.
import type { DeadVerdict, Settlement } from "../protocol/session-calls.ts";
import type { Parcel } from "./pack.ts";

export type LeaseOutcome = Pick<Settlement, "delivered" | "dead" | "retry">;

export class Ledger {
  readonly leases: LeaseOutcome[];

  constructor(leases: number) {
    this.leases = Array.from({ length: leases }, () => ({ delivered: [], dead: [] }));
  }

  deliver({ lease, ordinal }: Parcel): void {
    this.#of(lease).delivered.push(ordinal);
  }

  bury(lease: number, verdict: DeadVerdict): void {
    this.#of(lease).dead.push(verdict);
  }

  /** Leaves the rest of a lease for later; nothing of it is posted after this. The first reason stays. */
  hold(lease: number, retry: NonNullable<LeaseOutcome["retry"]>): void {
    this.#of(lease).retry ??= retry;
  }

  isHeld(lease: number): boolean {
    return this.#of(lease).retry !== undefined;
  }

  #of(lease: number): LeaseOutcome {
    const outcome = this.leases[lease];
    if (outcome === undefined) throw new RangeError(`no lease ${lease} in this pass`);
    return outcome;
  }
}
