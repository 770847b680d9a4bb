// What is known of a project's delivery, and how a report of a consumer pass changes it. Pure: a
// report carries its own time. Bounded: whatever the number of sessions, the state is one value.
import type { HealthReport, HealthState } from "../protocol/health-calls.ts";

/** The state as stored. A later version may add fields, never give one a new meaning. */
export interface StoredHealth extends Omit<HealthState, "pending"> {
  /** Objects that records wait in. */
  waiting: WaitingObject[];
  /** Records of objects that found no room in `waiting`: an estimate, gone once there is room. */
  overflow: number;
}

interface WaitingObject {
  object: string;
  records: number;
  /** Of the report that said so. */
  at: number;
}

/** Most objects that are counted one by one: the state stays far below a row's 2 MB. */
export const MAX_WAITING_OBJECTS = 1000;
/** A waiting object is heard of at each of its retries; one silent for a day is gone. */
const FORGET_AFTER_MS = 24 * 3_600_000;
/** Failed passes in a row before the breaker opens: one or two may be a blip. */
const OPEN_AFTER = 3;
/** How long it opens: a moment that passes (Langfuse is slow, down, limits) … */
const PASSING = { firstMs: 5_000, longestMs: 5 * 60_000 };
/** … or something that only a person changes: keys, a URL, what a version accepts. */
const LASTING = { firstMs: 60_000, longestMs: 15 * 60_000 };
const LASTING_CLASSES = new Set(["unauthorized", "wrong_url", "request_refused"]);

export const EMPTY_HEALTH: StoredHealth = {
  delivered: 0,
  dead: 0,
  failures: 0,
  waiting: [],
  overflow: 0,
};

/** The state after a report. */
export function applyReport(state: StoredHealth, report: HealthReport): StoredHealth {
  const { lastDelivery, lastError, failures, openUntil, ...rest } = state;
  const { earlier } = report;
  const now = report.delivered > 0 ? report.at : 0;
  const delivery = Math.max(lastDelivery ?? 0, earlier?.last ?? 0, now);
  return {
    ...rest,
    ...(delivery > 0 && { lastDelivery: delivery }),
    delivered: state.delivered + (earlier?.delivered ?? 0) + report.delivered,
    dead: state.dead + report.dead,
    ...countWaiting(state, report),
    ...trouble({ lastError, failures, openUntil }, report),
  };
}

/** What others see of the state. */
export function viewOf({ waiting, overflow, ...state }: StoredHealth): HealthState {
  const pending = waiting.reduce((sum, { records }) => sum + records, overflow);
  return { ...state, pending };
}

interface Trouble {
  lastError?: HealthState["lastError"] | undefined;
  failures: number;
  openUntil?: number | undefined;
}

function trouble(
  before: Trouble,
  report: HealthReport,
): Pick<HealthState, "lastError" | "failures" | "openUntil"> {
  const { failure, at } = report;
  if (failure === undefined) {
    // Langfuse answered, even if only to refuse: nothing keeps the next pass back.
    const answered = report.delivered + report.dead > 0;
    const { lastError, openUntil } = before;
    return {
      ...(lastError && report.delivered === 0 && { lastError }),
      failures: answered ? 0 : before.failures,
      ...(openUntil !== undefined && !answered && { openUntil }),
    };
  }
  // A pass that delivered something before it failed starts the count anew: a project that moves,
  // if slowly, or on one of its two paths, is not shut.
  const failures = report.delivered > 0 ? 1 : before.failures + 1;
  const sameClass = before.lastError?.class === failure.class;
  const openMs = Math.max(backoffMs(failures, failure.class), askedFor(failure.retryAfterMs));
  return {
    lastError: {
      class: failure.class,
      since: (sameClass ? before.lastError?.since : undefined) ?? at,
      last: at,
    },
    failures,
    ...(openMs > 0 && { openUntil: at + openMs }),
  };
}

function backoffMs(failures: number, failureClass: string): number {
  if (failures < OPEN_AFTER) return 0;
  const { firstMs, longestMs } = LASTING_CLASSES.has(failureClass) ? LASTING : PASSING;
  return Math.min(firstMs * 2 ** (failures - OPEN_AFTER), longestMs);
}

function askedFor(retryAfterMs = 0): number {
  return Math.min(retryAfterMs, LASTING.longestMs);
}

function countWaiting(
  state: StoredHealth,
  report: HealthReport,
): Pick<StoredHealth, "waiting" | "overflow"> {
  const fresh = state.waiting.filter(({ at }) => report.at - at < FORGET_AFTER_MS);
  const byObject = new Map(fresh.map((entry) => [entry.object, entry]));
  let { overflow } = state;
  for (const [object, records] of report.pending) {
    if (records <= 0) byObject.delete(object);
    else if (byObject.has(object) || byObject.size < MAX_WAITING_OBJECTS) {
      byObject.set(object, { object, records, at: report.at });
    } else overflow += records;
  }
  const full = byObject.size >= MAX_WAITING_OBJECTS;
  return { waiting: [...byObject.values()], overflow: full ? overflow : 0 };
}
