// What a project's health is told of a pass, and when: a report is a call and a row. Invariant: whatever
// changes more than a count is told at once (a failure, something dead or left, what was left before,
// the first pass after any of it); the counts of passes that went well wait for others, a minute at
// most. Nothing here is durable: what an isolate takes with it when it ends is such a count.
import { describeError, type logEvent } from "../log.ts";
import type {
  Deliveries,
  HealthCalls,
  HealthReport,
  HealthState,
} from "../protocol/health-calls.ts";
import type { PassResult } from "./deliver-project.ts";

/** How late a delivery that went well is told. */
export const REPORT_INTERVAL_MS = 60_000;

const NEVER = Number.NEGATIVE_INFINITY;

/** A project whose health said, when it was told last, that nothing is wrong. */
export interface HealthyState {
  reportedAt: number;
  /** Since then. */
  unreported?: Deliveries | undefined;
}

export interface ReportDeps {
  health: (publicKey: string) => Pick<HealthCalls, "report">;
  /** By public key; lives as long as the isolate. */
  healthy: Map<string, HealthyState>;
  now: () => number;
  log: typeof logEvent;
}

/** Tells what a pass did, or keeps it for later; undefined where health was not told. */
export async function report(
  project: { publicKey: string; label: string },
  result: PassResult,
  { health, healthy, now, log }: ReportDeps,
): Promise<HealthState | undefined> {
  const { publicKey, label } = project;
  const at = now();
  const before = healthy.get(publicKey);
  if (before !== undefined && mayWait(before, result, at)) {
    before.unreported = sum(before.unreported, deliveriesOf(result, at));
    return undefined;
  }
  const untold = before?.unreported;
  // Until health has answered, nobody knows that nothing is wrong.
  healthy.delete(publicKey);
  try {
    const state = await health(publicKey).report(reportOf(result, untold, at));
    if (isCalm(state))
      healthy.set(publicKey, { reportedAt: at, unreported: healthy.get(publicKey)?.unreported });
    return state;
  } catch (error) {
    log("warn", "health_not_told", { project: label, error: describeError(error) });
    // With the next report, whatever it has to say: another one of this moment may wait to be told too.
    const missed = sum(untold, deliveriesOf(result, at));
    healthy.set(publicKey, {
      reportedAt: NEVER,
      unreported: sum(healthy.get(publicKey)?.unreported, missed),
    });
    return undefined;
  }
}

function mayWait({ reportedAt }: HealthyState, result: PassResult, at: number): boolean {
  const { failure, dead, retried, pending } = result;
  const news = failure !== undefined || dead > 0 || retried || [...pending.values()].some(Boolean);
  return !news && at >= reportedAt && at < reportedAt + REPORT_INTERVAL_MS;
}

function isCalm({ pending, lastError, failures, openUntil, kinds = {} }: HealthState): boolean {
  const open = [openUntil, ...Object.values(kinds).map((kind) => kind.openUntil)];
  const shut = open.some((until) => until !== undefined);
  return pending === 0 && lastError === undefined && failures === 0 && !shut;
}

function sum(some: Deliveries | undefined, more: Deliveries | undefined): Deliveries | undefined {
  if (more === undefined || more.delivered === 0) return some;
  if (some === undefined) return more;
  const last = Math.max(some.last, more.last);
  // The later of the two is the later one of each kind that it has.
  const [earlier, later] = some.last <= more.last ? [some, more] : [more, some];
  const kinds = { ...earlier.kinds, ...later.kinds };
  return { delivered: some.delivered + more.delivered, last, kinds };
}

function deliveriesOf({ delivered, kinds }: PassResult, at: number): Deliveries {
  const some = kinds.filter((one) => one.delivered > 0).map(({ kind }) => [kind, at]);
  return { delivered, last: at, kinds: Object.fromEntries(some) as Deliveries["kinds"] & object };
}

function reportOf(
  { delivered, dead, failure, pending, kinds, lastDead }: PassResult,
  earlier: Deliveries | undefined,
  at: number,
): HealthReport {
  const { class: failureClass, retryAfterMs, message } = failure ?? {};
  return {
    at,
    ...(earlier && { earlier }),
    delivered,
    dead,
    ...(failureClass && {
      failure: {
        class: failureClass,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...(message !== undefined && { message }),
      },
    }),
    kinds,
    ...(lastDead && { lastDead }),
    pending: [...pending],
  };
}
