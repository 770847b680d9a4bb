// The books of a lease, as the project's ledger is told of them before its object settles: the object's report of
// when the lease was granted, and what became of its records since. Cumulative, so that it may be told again, or be
// told and never settled: the object's later reports say it all.
import { addFigures, type Figures } from "../../protocol/books/figures.ts";
import type { NamedReport, SourceReport } from "../../protocol/books/ledger-calls.ts";
import type { Lease } from "../../protocol/session/lease-calls.ts";
import type { Settlement } from "../../protocol/session/settle-calls.ts";
import type { LeaseOutcome } from "./lease-outcome.ts";

/** The report with this outcome; undefined for a lease of an object that does not report with it. */
export function reportAfter(
  { report, records }: Pick<Lease, "report" | "records">,
  { delivered, dead }: Pick<LeaseOutcome, "delivered" | "dead">,
): SourceReport | undefined {
  if (report === undefined) return undefined;
  const taken = new Set(delivered);
  const refused = new Set(dead.map(({ ordinal }) => ordinal));
  const moved = { delivered: 0, dead: 0, "dropped:sampled": 0 };
  for (const { ordinal, actions, sampledOut } of records) {
    if (taken.has(ordinal)) moved[sampledOut === true ? "dropped:sampled" : "delivered"] += actions;
    else if (refused.has(ordinal)) moved.dead += actions;
  }
  const pending = -(moved.delivered + moved.dead + moved["dropped:sampled"]);
  const figures: Figures = addFigures(report.figures, { ...moved, pending });
  // A later part of the lease's outcome is told at a later time.
  return { ...report, at: report.at + 1, figures };
}

/** A lease that is about to be settled. */
export interface Settled {
  object: string;
  lease: Lease;
  outcome: LeaseOutcome;
}

/** The leases of a pass, and what the ledger was told of each. */
export class LeaseBooks {
  readonly #tell: (reports: NamedReport[]) => Promise<boolean>;
  /** The report of what was settled of a lease so far. */
  readonly #settled = new WeakMap<Lease, SourceReport>();

  constructor(tell: (reports: NamedReport[]) => Promise<boolean>) {
    this.#tell = tell;
  }

  /** Tells all of these in one call; what the settlement of each says of it. */
  async told(settled: readonly Settled[]): Promise<Pick<Settlement, "told">[]> {
    const reports = settled.map(({ lease, outcome }) =>
      reportAfter({ ...lease, ...this.#latest(lease) }, outcome),
    );
    const named = settled.flatMap(({ object }, index): NamedReport[] => {
      const report = reports[index];
      return report === undefined ? [] : [{ source: object, ...report }];
    });
    const isTold = await this.#tell(named);
    return reports.map((report) => {
      if (report === undefined) return {};
      const { born, at, figures } = report;
      return { told: isTold && { born, at, figures } };
    });
  }

  /** A part was settled: what is told next of the lease comes on top of it. */
  settledPart(lease: Lease, outcome: LeaseOutcome): void {
    const report = reportAfter({ ...lease, ...this.#latest(lease) }, outcome);
    if (report !== undefined) this.#settled.set(lease, report);
  }

  #latest(lease: Lease): Pick<Lease, "report"> {
    const report = this.#settled.get(lease) ?? lease.report;
    return report === undefined ? {} : { report };
  }
}
