// A small plan and the copies that a Langfuse would have of it, for tests of those that judge.
import {
  planOf,
  type PlannedSession,
  type PlanOptions,
  recordsOf,
} from "../../faults/plan/plan.ts";
import type { Copy, ExpectedRecord } from "../../faults/plan/records.ts";

export const NOW = Date.UTC(2026, 10, 28);
export const SEED = 5;

export const plan = (options: Partial<PlanOptions> = {}): PlannedSession[] =>
  planOf({ seed: SEED, now: NOW, sessions: 2, turns: 3, scores: 1, ...options });

/** A copy that says exactly what was expected. */
export const copyOf = ({ key, kind, facts }: ExpectedRecord, at = NOW): Copy => ({
  key,
  kind,
  facts,
  text: JSON.stringify([key, facts]),
  at,
  answeredAt: at + 10,
});

/** All records in the order of their turns, a second apart. */
export const copiesOf = (sessions: readonly PlannedSession[]): Copy[] =>
  recordsOf(sessions).map((record, n) => copyOf(record, NOW + n * 1_000));
