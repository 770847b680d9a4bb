// The rules by which actions become records: the operator's settings and the bounds of this version.
// Pinned in a session's journal while it has work, so that a deployment changes nothing of what was begun.
import type { AssemblySettings } from "../../settings/index.ts";
import {
  CLOCK_TOLERANCE_MS,
  FLUSH_SIZE,
  GAP_WAIT_MS,
  GRACE_MS,
  LATE_WAIT_MS,
  MAX_DRAFT_SIZE,
} from "../bounds.ts";

export interface Rules extends AssemblySettings {
  graceMs: number;
  gapWaitMs: number;
  lateWaitMs: number;
  clockToleranceMs: number;
  /** In UTF-16 units. */
  flushSize: number;
  maxDraftSize: number;
  /** A root has its trace's totals in its metadata; absent in journals of before. */
  totals?: boolean;
}

/** The rules for what begins now; each is explained in bounds.ts. */
export function rulesOf(assembly: AssemblySettings): Rules {
  return {
    graceMs: GRACE_MS,
    gapWaitMs: GAP_WAIT_MS,
    lateWaitMs: LATE_WAIT_MS,
    clockToleranceMs: CLOCK_TOLERANCE_MS,
    flushSize: FLUSH_SIZE,
    maxDraftSize: MAX_DRAFT_SIZE,
    totals: true,
    ...assembly,
  };
}
