// What one metrics object answers: sums, so that those of several objects add up before anything is computed.
import type {
  Cell,
  CellTable,
  Distinct,
  ErrorGroup,
  LangfuseCells,
  SessionTable,
} from "./cells.ts";

export interface StepAnswer {
  /** Its beginning, epoch ms. */
  at: number;
  /** All that fits the filters. */
  total: Cell;
  /** The same by the dimension asked for, with no other distributions than those asked for. */
  groups: Record<string, Cell>;
  /** Counts by fingerprint. */
  errors: Record<string, number>;
  langfuse: LangfuseCells;
  /** Turns by release. */
  releases: Record<string, number>;
}

export interface FiguresAnswer {
  /** When something was told first, epoch ms. */
  since?: number;
  shards: number;
  /** The whole range, with all attributes, whatever the filters. */
  cells: CellTable;
  /** Steps in which something was, in their order. */
  steps: StepAnswer[];
  /** Sums without distributions, by the beginning of the UTC day (epoch ms), of what fits the filters. */
  days: Record<string, Cell>;
  /** Counts by fingerprint. */
  errors: Record<string, number>;
  groups: ErrorGroup[];
  langfuse: LangfuseCells;
  /** The slowest and the latest sessions; those that fit the filters by their latest turn. */
  recent?: SessionTable;
  sessions: Distinct;
  users: Distinct;
  objects: Distinct;
}
