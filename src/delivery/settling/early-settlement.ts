// Settlements of a part: the known outcomes of a lease are told while another POST of it has no answer, so
// that a consumer that dies takes few of them along, and the session's next records of the kind need not wait.
// A settlement is a call and a row, so it waits a moment: mostly all is known by then, and told at once. A lease of
// one kind that hangs is told so, with nothing known: its session may lend the other kind.
import { RECORD_KINDS, type RecordKind } from "../../protocol/record.ts";
import { inParallel } from "../in-parallel.ts";
import { CALLS_AT_ONCE } from "../lease-objects.ts";
import type { PartOutcome } from "./lease-outcome.ts";
import type { LeaseOutcomes } from "./lease-outcomes.ts";

/** Longer than most of Langfuse's answers take, and short beside the two seconds that a delivery has taken by then. */
const SETTLE_EARLY_MS = 400;

/** Longer than Langfuse's answers take while it is well: a lease that is told then is told in vain if it only was slow. */
const HANGS_MS = 2_000;

export interface EarlySettlementDeps {
  wait: (ms: number) => Promise<void>;
  /** True where the lease's object has it. */
  settlePart: (lease: number, part: PartOutcome) => Promise<boolean>;
  /** The lease may be settled in parts. */
  isInParts: (lease: number) => boolean;
  /** Its session lends its kinds together as yet. */
  isUntried: (lease: number) => boolean;
  /** How long an answer to a POST of the kind may take where Langfuse is slow, ms. */
  slowMs: (kind: RecordKind) => number;
}

const nothingKnown = (kind: RecordKind): PartOutcome => ({
  delivered: [],
  dead: [],
  keeps: [kind],
});

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

  /** Called when all is leased: plans to tell of leases of one kind that it hangs, where nothing is known then. */
  async begin(): Promise<void> {
    const { isInParts, isUntried, slowMs, wait } = this.#deps;
    await Promise.all(
      RECORD_KINDS.map(async (kind) => {
        const leases = this.#outcomes
          .openAlone(kind)
          .filter((lease) => isInParts(lease) && isUntried(lease));
        if (leases.length === 0) return;
        await wait(Math.max(HANGS_MS, slowMs(kind)));
        await inParallel(leases, CALLS_AT_ONCE, async (lease) => {
          if (this.#outcomes.isOpenAlone(lease, kind))
            await this.#tellPart(lease, nothingKnown(kind));
        });
      }),
    );
  }

  /** A lease has one settlement at a time: resolves when none of these is under way. */
  async idle(leases: readonly number[]): Promise<void> {
    await Promise.all(leases.flatMap((lease) => this.#underWay.get(lease) ?? []));
  }

  async #later(lease: number): Promise<void> {
    await this.#deps.wait(SETTLE_EARLY_MS);
    await this.idle([lease]);
    const taken = this.#outcomes.takePart(lease);
    if (taken !== undefined) {
      const isTold = await this.#tellPart(lease, taken.part);
      if (!isTold) this.#outcomes.putBack(lease, taken.before);
    }
    this.#planned.delete(lease);
  }

  /** True where its object has it. */
  async #tellPart(lease: number, part: PartOutcome): Promise<boolean> {
    const telling = this.#deps.settlePart(lease, part);
    const over = telling.then(() => undefined);
    this.#underWay.set(lease, over);
    const isTold = await telling;
    if (this.#underWay.get(lease) === over) this.#underWay.delete(lease);
    return isTold;
  }
}
