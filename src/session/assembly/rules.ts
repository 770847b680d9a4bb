// The rules by which actions become records: the operator's settings and the bounds of this version.
// Pinned in a session's journal while it has work, so that a deployment changes nothing of what was begun.
import type { AssemblySettings } from "../../settings/index.ts";
import {
  CLOCK_TOLERANCE_MS,
  FLUSH_SIZE,
  GAP_WAIT_MS,
  GRACE_MS,
  LANE_ATTRIBUTES_KEPT,
  LANE_MEMORY_MS,
  LANE_SEAL_EVERY_MS,
  LATE_WAIT_MS,
  LEGACY_GRACE_MS,
  MAX_DRAFT_SIZE,
  MAX_LANE_IDS,
  MAX_LANE_REMEMBERED,
} from "../bounds.ts";

export interface Rules extends AssemblySettings {
  graceMs: number;
  gapWaitMs: number;
  lateWaitMs: number;
  clockToleranceMs: number;
  /** In UTF-16 units. */
  flushSize: number;
  maxDraftSize: number;
  /** How long an observation of a legacy client waits for a trailing update; absent in older journals. */
  legacyGraceMs?: number;
  /** Set where the object is a lane: many traces of a server, and no end of them. */
  lane?: LaneRules;
}

export interface LaneRules {
  maxIds: number;
  maxRemembered: number;
  /** Traces that keep their attributes for late observations. */
  attributesKept: number;
  memoryMs: number;
  /** Deadlines are put off to a multiple of this: what falls due about then goes out together. */
  sealEveryMs: number;
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
    legacyGraceMs: LEGACY_GRACE_MS,
    ...assembly,
  };
}

export function laneRulesOf(rules: Rules): Rules {
  return {
    ...rules,
    lane: {
      maxIds: MAX_LANE_IDS,
      maxRemembered: MAX_LANE_REMEMBERED,
      attributesKept: LANE_ATTRIBUTES_KEPT,
      memoryMs: LANE_MEMORY_MS,
      // A step that is small beside what an idle trace waits anyway.
      sealEveryMs: Math.ceil(Math.min(LANE_SEAL_EVERY_MS, rules.traceIdleMs / 6)),
    },
  };
}
