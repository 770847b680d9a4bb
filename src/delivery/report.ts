// The reports of passes to a project's health: each is a call and a row. Invariant: a pass that changes more
// than a count is reported at once (a failure, something dead, left, or left before, an unreadable journal, the
// first pass after any of it); the counts of passes that went well wait for others, a minute at most.
// Nothing here is durable: an isolate that ends takes such a count with it.
import { describeError, type logEvent } from "../log.ts";
import type {
  Deliveries,
  HealthCalls,
  HealthReport,
  HealthState,
} from "../protocol/health-calls.ts";
import type { PassResult } from "./pass-result.ts";

/** A delivery that went well is reported so late at most. */
export const REPORT_INTERVAL_MS = 60_000;

const NEVER = Number.NEGATIVE_INFINITY;

/** A project whose health answered the last report that nothing is wrong. */
export interface HealthyState {
  reportedAt: number;
  /** The newest unreadable journals that health knows of, epoch ms. */
  unreadableAt?: number | undefined;
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

/** Reports a pass, or keeps it for later; undefined where health was not called. */
export async function report(
  project: { publicKey: string; label: string; began?: number },
  result: PassResult,
  { health, healthy, now, log }: ReportDeps,
): Promise<HealthState | undefined> {
  const { publicKey, label, began } = project;
  const at = now();
  const before = healthy.get(publicKey);
  if (before !== undefined && mayWait(before, result, at)) {
    before.unreported = sum(before.unreported, deliveriesOf(result, at));
    return undefined;
  }
  const unreported = before?.unreported;
  // Until health has answered, it is not known that nothing is wrong.
  healthy.delete(publicKey);
  try {
    const state = await health(publicKey).report({
      ...reportOf(result, unreported, at),
      ...(began !== undefined && { began }),
    });
    if (isHealthy(state)) {
      const { unreported: meanwhile } = healthy.get(publicKey) ?? {};
      const unreadableAt = state.lastUnreadable?.at;
      healthy.set(publicKey, { reportedAt: at, unreported: meanwhile, unreadableAt });
    }
    return state;
  } catch (error) {
    log("warn", "health_not_told", { project: label, error: describeError(error) });
    // Goes with the next report; another one of this moment may wait for it too.
    const missed = sum(unreported, deliveriesOf(result, at));
    healthy.set(publicKey, {
      reportedAt: NEVER,
      unreported: sum(healthy.get(publicKey)?.unreported, missed),
    });
    return undefined;
  }
}

function mayWait(before: HealthyState, result: PassResult, at: number): boolean {
  const { reportedAt, unreadableAt = 0 } = before;
  const { failure, dead, retried, pending, unreadable, repeated, unknown } = result;
  const isLeft = retried || [...pending.values()].some(Boolean);
  const isLost = (unreadable?.at ?? 0) > unreadableAt;
  const isOdd = repeated + unknown > 0;
  const news = failure !== undefined || dead > 0 || isLeft || isLost || isOdd;
  return !news && at >= reportedAt && at < reportedAt + REPORT_INTERVAL_MS;
}

function isHealthy({ pending, lastError, failures, openUntil, kinds = {} }: HealthState): boolean {
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

function reportOf(result: PassResult, earlier: Deliveries | undefined, at: number): HealthReport {
  const { delivered, dead, failure, pending, kinds, lastDead, unreadable } = result;
  const { class: failureClass, retryAfterMs, message } = failure ?? {};
  const { repeated, unknown } = result;
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
    ...(lastDead && { lastDead: deadOf(lastDead) }),
    ...(unreadable && { unreadable }),
    ...(repeated > 0 && { repeated }),
    ...(unknown > 0 && { unknown }),
    pending: [...pending],
  };
}

function deadOf({ reason, message, id }: NonNullable<PassResult["lastDead"]>) {
  return { reason, message, ...(id !== undefined && { id }) };
}
