// The figures of what a settlement settled: told by the consumer that the object believed, so that a record which two
// consumers had counts once. A record that is dead tells nothing: replayed, it is delivered after all, and would count
// twice. Never throws: figures are worth no delivery.
import { turnFigures } from "../../figures/turn/turn-figures.ts";
import { describeError, type logEvent } from "../../log.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";
import type { Lease } from "../../protocol/session/lease-calls.ts";
import type { SettleAnswer, Settlement } from "../../protocol/session/settle-calls.ts";

export function settledFigures(
  project: string,
  { records, origins }: Pick<Lease, "records" | "origins">,
  { delivered }: Pick<Settlement, "delivered">,
  { repeated = 0 }: Pick<SettleAnswer, "repeated">,
  log: typeof logEvent,
): TurnFigures[] {
  // Another consumer has told them.
  if (repeated > 0) return [];
  const settled = new Set(delivered);
  try {
    const its = records.filter(({ ordinal }) => settled.has(ordinal));
    return turnFigures(project, its, origins);
  } catch (error) {
    log("error", "figures_not_read", { error: describeError(error) });
    return [];
  }
}
