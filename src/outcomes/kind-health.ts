// The health of one of Langfuse's two paths, after a report. Pure. It holds the breaker (when a path may be
// tried again), and knows when the content of some sessions is at fault rather than Langfuse: then
// sessions should not share requests, and the breaker keeps nobody back for long.
import { PROVEN_MS } from "../protocol/delivery-times.ts";
import type { RecordKind } from "../protocol/record.ts";
import type {
  HealthReport,
  HealthState,
  KindHealth,
  KindReport,
} from "../protocol/health-calls.ts";

export type KindHealths = NonNullable<HealthState["kinds"]>;

/** Failed passes in a row before the breaker opens: one or two may be a blip. */
const OPEN_AFTER = 3;
/** The breaker opens for so long at first; twice as long each time after that. */
const FIRST_OPEN_MS = 5_000;
/** The longest that it opens for a moment that passes, since no answer says when it has passed … */
const PASSING_MS = 30_000;
/** … or, after so many more failures, something that only a person changes: keys, a URL, a version. */
const LASTING_MS = 60_000;
const LASTING_AFTER = 10;
const LASTING_CLASSES = new Set(["unauthorized", "wrong_url", "request_refused"]);
/** The longest that a limit's `Retry-After` is obeyed. That of anything else one record may have brought about. */
const LIMITED_MS = 15 * 60_000;
/** Sessions have requests of their own for so long after some content failed while other content passed. */
const APART_MS = 5 * 60_000;

export function applyKinds(before: KindHealths, report: HealthReport): KindHealths {
  const { delivered, dead, failure, at, began = at } = report;
  const kinds: KindReport[] = report.kinds ?? [
    { kind: "observation", delivered, dead, ...(failure && { failure }) },
  ];
  const after = { ...before };
  for (const [kind, last] of Object.entries(report.earlier?.kinds ?? {})) {
    const its = kind as RecordKind;
    const health = after[its] ?? { failures: 0 };
    after[its] = { ...health, lastDelivery: Math.max(health.lastDelivery ?? 0, last) };
  }
  for (const one of kinds) after[one.kind] = applyKind(before[one.kind], one, { at, began });
  return after;
}

function applyKind(
  before: KindHealth = { failures: 0 },
  { delivered, dead, setAside = 0, failure }: KindReport,
  { at, began }: { at: number; began: number },
): KindHealth {
  const { openUntil, openedAt, failedAt = 0 } = before;
  const apartUntil = setAside > 0 ? at + APART_MS : (before.apartUntil ?? 0);
  const last = delivered > 0 ? at : before.lastDelivery;
  const taken = last === undefined ? {} : { lastDelivery: last };
  const stillOpen = openUntil !== undefined && { openUntil, ...(openedAt && { openedAt }) };
  if (failure === undefined) {
    // Langfuse answered, even if only to refuse: nothing keeps the next pass back.
    const answered = delivered + dead > 0;
    return {
      ...taken,
      failures: answered ? 0 : before.failures,
      ...(!answered && { ...stillOpen, ...(failedAt > 0 && { failedAt }) }),
      ...(apartUntil > at && { apartUntil }),
    };
  }
  const limited = failure.class === "rate_limited";
  const proven = last !== undefined && at - last < PROVEN_MS && !limited;
  const apart = proven ? at + APART_MS : apartUntil;
  // It began before the one before it was known to fail: of the same moment, it lengthens no wait. One that delivered
  // something ends the wait.
  const isLate = began < failedAt && failedAt <= at && delivered === 0;
  const isBeside = !limited && isLate && before.failures >= OPEN_AFTER;
  const failures = delivered > 0 ? 1 : before.failures + (isBeside ? 0 : 1);
  const openMs = openFor(failures, failure, proven);
  return {
    ...taken,
    failures,
    failedAt: isBeside ? failedAt : at,
    ...(isBeside ? stillOpen : openMs > 0 && { openUntil: at + openMs, openedAt: at }),
    ...(apart > at && { apartUntil: apart }),
  };
}

function openFor(
  failures: number,
  { class: failureClass, retryAfterMs = 0 }: NonNullable<KindReport["failure"]>,
  proven: boolean,
): number {
  const doubled = FIRST_OPEN_MS * 2 ** Math.min(failures - OPEN_AFTER, 20);
  const lasting = LASTING_CLASSES.has(failureClass) && failures > LASTING_AFTER;
  const longest = lasting ? LASTING_MS : PASSING_MS;
  const own = failures < OPEN_AFTER ? 0 : Math.min(doubled, longest);
  // Something passes: what fails must not keep it back, whatever the failing answer asks for.
  if (proven) return Math.min(own, FIRST_OPEN_MS);
  if (failureClass !== "rate_limited") return own;
  return Math.max(own, Math.min(retryAfterMs, LIMITED_MS));
}
