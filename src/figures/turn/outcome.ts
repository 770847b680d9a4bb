// How a turn came out: what the browser library says, else what the levels of its observations say. Pure.
import { OUTCOMES, type TurnOutcome } from "../../protocol/figures/dimensions.ts";
import type { ObservationFacts } from "./observation-facts.ts";

/** What the edge says of an observation that nobody ended. */
const NOT_ENDED = "not ended by the client";

export function outcomeOf(
  root: ObservationFacts,
  generations: readonly ObservationFacts[],
): TurnOutcome {
  const told = root.metadata("outcome") ?? generations.at(-1)?.metadata("outcome");
  const named = OUTCOMES.find((outcome) => outcome === told);
  if (named !== undefined) return named;
  if (root.level === "ERROR") return "failed";
  const last = generations.at(-1);
  if (last?.level === "ERROR") return "failed";
  const open = [root, last].some((one) => one?.statusMessage === NOT_ENDED);
  return open ? "abandoned" : "completed";
}
