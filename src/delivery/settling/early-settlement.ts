// Settlements of a part: the known outcomes of a lease are told while another POST of it has no answer, so
// that a consumer that dies takes few of them along, and the session's next records of the kind need not wait.
// A settlement is a call and a row, so it waits a moment: mostly all is known by then, and told at once.
import type { PartOutcome } from "./lease-outcome.ts";
import type { LeaseOutcomes } from "./lease-outcomes.ts";

/** Longer than most of Langfuse's answers take, and short beside the two seconds that a delivery has taken by then. */
const SETTLE_EARLY_MS = 400;

export interface EarlySettlementDeps {
  wait: (ms: number) => Promise<void>;
  /** True where the lease's object has it. */
  settlePart: (lease: number, part: PartOutcome) => Promise<boolean>;
  /** The lease may be settled in parts. */
  isInParts: (lease: number) => boolean;
}

export class EarlySettlement {
  readonly #outcomes: LeaseOutcomes;
  readonly #deps: EarlySettlementDeps;
  readonly #planned = new Set<number>();
  readonly #underWay = new Map<number, Promise<void>>();

  constructor(outcomes: LeaseOutcomes, deps: EarlySettlementDeps) {
    this.#outcomes = outcomes;
    this.#deps = deps;
  }

  /** After each answer: plans to tell what is known by then, unless all is known before. */
  plan(): void {
    for (const lease of this.#outcomes.partlyKnown()) {
      if (this.#planned.has(lease) || !this.#deps.isInParts(lease)) continue;
      this.#planned.add(lease);
      // Nobody waits for it: it is over before the lease is, or finds nothing left to tell.
      void this.#later(lease);
    }
  }

  /** A lease has one settlement at a time: resolves when none of these is under way. */
  async idle(leases: readonly number[]): Promise<void> {
    await Promise.all(leases.flatMap((lease) => this.#underWay.get(lease) ?? []));
  }

  async #later(lease: number): Promise<void> {
    await this.#deps.wait(SETTLE_EARLY_MS);
    const taken = this.#outcomes.takePart(lease);
    if (taken !== undefined) {
      const telling = this.#tell(lease, taken);
      this.#underWay.set(lease, telling);
      await telling;
      this.#underWay.delete(lease);
    }
    this.#planned.delete(lease);
  }

  async #tell(
    lease: number,
    { part, before }: NonNullable<ReturnType<LeaseOutcomes["takePart"]>>,
  ): Promise<void> {
    if (!(await this.#deps.settlePart(lease, part))) this.#outcomes.putBack(lease, before);
  }
}
