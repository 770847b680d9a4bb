// The state of a project's delivery, and its change with a consumer's report. Pure: a
// report carries its own time. Bounded: whatever the number of sessions, the state is one value.
import type {
  HealthReport,
  HealthState,
  KindHealth,
  UnservedReport,
} from "../protocol/health-calls.ts";
import { countWaiting, type WaitingObjects, waitingRecords } from "./waiting-objects.ts";
import { type KindHealths, applyKinds } from "./kind-health.ts";

/** The state as stored. A later version may add fields, never give one a new meaning. */
export interface StoredHealth extends Omit<HealthState, "pending">, WaitingObjects {
  /** Always 0: an earlier version adds it to what waits. */
  overflow: number;
  /** Of the last report of a consumer, epoch ms. */
  reportedAt?: number;
}

/** Most SDKs, by version, that are told apart; the one that was silent for longest is left out first. */
export const MAX_LEGACY_SENDERS = 32;
/** Sessions that no consumer comes to are heard once in this time; a consumer reports more often. */
const UNSERVED_EVERY_MS = 2 * 60_000;
export const EMPTY_HEALTH: StoredHealth = {
  delivered: 0,
  dead: 0,
  failures: 0,
  waiting: [],
  overflow: 0,
};

/** The state after a report. */
export function applyReport(state: StoredHealth, report: HealthReport): StoredHealth {
  const {
    lastDelivery,
    lastError,
    failingSince,
    lastDead,
    openUntil: _open,
    unserved: _unserved,
    sampled: _sampled,
    ...rest
  } = state;
  const { earlier } = report;
  const now = report.delivered > 0 ? report.at : 0;
  const delivery = Math.max(lastDelivery ?? 0, earlier?.last ?? 0, now);
  const dead = report.lastDead ? { ...report.lastDead, at: report.at } : lastDead;
  const waiting = countWaiting(state, report);
  const kinds = applyKinds(kindsOf(state), report);
  const open = kinds.observation?.openUntil;
  return {
    ...rest,
    ...(delivery > 0 && { lastDelivery: delivery }),
    delivered: state.delivered + (earlier?.delivered ?? 0) + report.delivered,
    dead: state.dead + report.dead,
    ...(dead && { lastDead: dead }),
    ...unreadableOf(state, report),
    ...notFoundOf(state, report),
    reportedAt: report.at,
    ...waiting,
    overflow: 0,
    ...error({ lastError, failingSince }, report, waiting.waiting.length > 0),
    kinds,
    ...legacyOf(state, report),
    // For a consumer that knows of no kinds.
    failures: Math.max(...Object.values(kinds).map(({ failures }) => failures)),
    ...(open !== undefined && { openUntil: open }),
  };
}

/** The state after a session's word that no consumer comes; the same where that is no news. */
export function applyUnserved(state: StoredHealth, { at, since }: UnservedReport): StoredHealth {
  const { unserved, reportedAt = 0 } = state;
  // Either way: a clock may step back.
  if (Math.abs(at - Math.max(reportedAt, unserved?.at ?? 0)) < UNSERVED_EVERY_MS) return state;
  return { ...state, unserved: { at, since: Math.min(since, unserved?.since ?? since) } };
}

/** The state as others see it. */
export function viewOf({
  waiting,
  sampled,
  overflow: _none,
  reportedAt: _at,
  ...state
}: StoredHealth): HealthState {
  const pending = waitingRecords({ waiting, ...(sampled !== undefined && { sampled }) });
  if (waiting.length === 0) return { ...state, pending };
  return {
    ...state,
    pending,
    waitingSince: Math.min(...waiting.map(({ at, since = at }) => since)),
  };
}

/** A state that was stored before kinds were told apart spoke of observations. */
function kindsOf({ kinds, failures, openUntil, lastDelivery }: StoredHealth): KindHealths {
  if (kinds !== undefined) return kinds;
  const observation: KindHealth = {
    failures,
    ...(openUntil !== undefined && { openUntil }),
    ...(lastDelivery !== undefined && { lastDelivery }),
  };
  return { observation };
}

/** Each report of the same journals is the same news. */
function unreadableOf(
  { lastUnreadable }: StoredHealth,
  { unreadable, at }: HealthReport,
): Pick<HealthState, "lastUnreadable"> {
  const isNew = unreadable !== undefined && unreadable.at > (lastUnreadable?.at ?? 0);
  return isNew ? { lastUnreadable: { ...unreadable, heardAt: at } } : {};
}

function notFoundOf(
  { repeated = 0, unknown }: StoredHealth,
  report: HealthReport,
): Pick<HealthState, "repeated" | "unknown"> {
  const again = repeated + (report.repeated ?? 0);
  const { unknown: more = 0, at } = report;
  return {
    ...(again > 0 && { repeated: again }),
    ...(more > 0 && { unknown: { records: more + (unknown?.records ?? 0), at } }),
  };
}

function legacyOf(
  { legacy = [] }: StoredHealth,
  { legacy: counts = [], at }: HealthReport,
): Pick<HealthState, "legacy"> {
  if (counts.length === 0) return {};
  const after = new Map(legacy.map((one) => [`${one.sdk} ${one.version}`, one]));
  for (const { sdk, version, events, requests } of counts) {
    const name = `${sdk} ${version}`;
    const before = after.get(name) ?? { events: 0, requests: 0, since: at, last: at };
    after.set(name, {
      sdk,
      version,
      events: before.events + events,
      requests: before.requests + requests,
      since: before.since,
      last: Math.max(before.last, at),
    });
  }
  const latest = [...after.values()].sort((a, b) => b.last - a.last);
  return { legacy: latest.slice(0, MAX_LEGACY_SENDERS) };
}

interface Trouble {
  lastError?: HealthState["lastError"] | undefined;
  failingSince?: number | undefined;
}

/** One session's delivery says nothing of another's that waits: the error stays while anything does. */
function error(
  { lastError, failingSince }: Trouble,
  { failure, delivered, at }: HealthReport,
  waits: boolean,
): Pick<HealthState, "lastError" | "failingSince"> {
  if (failure === undefined) {
    if (lastError === undefined || (delivered > 0 && !waits)) return {};
    return { lastError, ...(failingSince !== undefined && { failingSince }) };
  }
  const { class: failureClass, message } = failure;
  const before = lastError?.class === failureClass ? lastError : undefined;
  return {
    lastError: {
      class: failureClass,
      since: before?.since ?? at,
      last: at,
      ...(message !== undefined && { message }),
    },
    failingSince: failingSince ?? lastError?.since ?? at,
  };
}
