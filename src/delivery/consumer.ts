// A queue batch of claims, served. Each project has a pass of its own; one that fails,
// hangs or is misconfigured does not touch another. Never throws, so the batch is always
// acknowledged: a claim is a hint, and the object that claims is the one that tries again.
import { derivedId } from "../protocol/ids.ts";
import { describeError, type LogFields } from "../log.ts";
import type { Project } from "../settings/index.ts";
import type { HealthCalls } from "../protocol/health-calls.ts";
import type { RecordKind } from "../protocol/record.ts";
import type { Claim, Settlement } from "../protocol/session-calls.ts";
import { tryPass, type BreakerState, fromHealth, cancelProbe } from "./breaker.ts";
import { type Claimed, claimedObjects, claimsFor } from "./claims.ts";
import { inParallel } from "./in-parallel.ts";
import { type PassDeps, deliverProject } from "./deliver-project.ts";
import type { FiguresTeller } from "./figures/figures-teller.ts";
import type { PointWriter } from "./figures/point-writer.ts";
import { postsAtOnce } from "./posts/post-slots.ts";
import { report, type ReportDeps } from "./report.ts";
import { type LedgerDeps, tellLedger } from "./tell-ledger.ts";

export interface ConsumerDeps extends PassDeps, ReportDeps, LedgerDeps {
  health: (publicKey: string) => Pick<HealthCalls, "report" | "read">;
  projects: ReadonlyMap<string, Project>;
  /** Puts claims back for later; a claim that this loses is sent again by its object's alarm. */
  defer: (claims: readonly Claim[], delaySeconds: number) => Promise<void>;
  /** By public key; lives as long as the isolate. */
  breaker: Map<string, BreakerState>;
  /** Absent where nobody keeps figures. */
  figures?: Pick<FiguresTeller, "add">;
  /** One for each batch, since what it may write is bounded; absent where no dataset is bound. */
  points?: () => PointWriter;
}

/** Claims are put back for so long at most: they arrive before their objects take them for lost. */
export const MAX_DEFER_MS = 30_000;
/** Objects that a pass had no time for, or that its failure kept back, are claimed again so soon. */
const UNASKED_MS = 2_000;
/** Objects that are put off at once: each lends a record for it, however large. */
const PUT_OFF_AT_ONCE = 6;
/** Passes at once: one project's hanging Langfuse does not hold the others. */
const PROJECTS_AT_ONCE = 3;

/** Serves the claims of one queue batch. `claims` may hold anything. */
export async function consume(claims: readonly unknown[], deps: ConsumerDeps): Promise<void> {
  const { byProject, malformed } = claimedObjects(claims);
  if (malformed > 0) deps.log("warn", "claims_ignored", { reason: "malformed", claims: malformed });
  const posts = postsAtOnce(Math.min(byProject.size, PROJECTS_AT_ONCE));
  const points = deps.points?.();
  await inParallel(byProject, PROJECTS_AT_ONCE, async ([publicKey, claimed]) => {
    try {
      await consumeProject(publicKey, claimed, { posts, points }, deps);
    } catch (error) {
      deps.log("error", "delivery_failed", {
        project: projectLabel(publicKey),
        error: describeError(error),
      });
    }
  });
}

async function consumeProject(
  publicKey: string,
  claimed: readonly Claimed[],
  { posts, points }: { posts: number; points: PointWriter | undefined },
  deps: ConsumerDeps,
): Promise<void> {
  const { now, log, breaker } = deps;
  const name = projectLabel(publicKey);
  const label = { project: name, objects: claimed.length };
  const project = deps.projects.get(publicKey);
  if (project === undefined) {
    log("warn", "claims_postponed", { reason: "not_configured", ...label });
    await postpone(claimed, { reason: "not_configured" }, deps);
    return;
  }
  const began = now();
  const { plans, waitMs, state } = tryPass(breaker.get(publicKey) ?? {}, began);
  breaker.set(publicKey, state);
  if (waitMs > 0) {
    await putOff(publicKey, claimed, waitMs, label, deps);
    return;
  }
  const lastDelivery = (kind: RecordKind): Promise<number | undefined> =>
    lastDeliveryOf(publicKey, kind, deps);
  const plan = { plans, lastDelivery, postsAtOnce: posts };
  const result = await deliverProject(project, claimed, plan, deps);
  const { failure, unasked } = result;
  log(failure || result.dead > 0 ? "warn" : "debug", "delivery", {
    ...label,
    host: new URL(project.baseUrl).host,
    leases: result.leases,
    records: result.records,
    delivered: result.delivered,
    dead: result.dead,
    left: result.records - result.delivered - result.dead,
    posts: result.posts,
    bytes: result.bytes,
    again: result.repeated > 0 ? result.repeated : undefined,
    class: failure?.class,
    status: failure?.status,
    ms: now() - began,
  });
  const health =
    result.leases > 0 || result.unreadable
      ? await report({ publicKey, label: name }, result, deps)
      : undefined;
  const before = breaker.get(publicKey) ?? {};
  breaker.set(publicKey, health ? fromHealth(health, before, plans) : cancelProbe(before, plans));
  const reports = Array.from(result.reports, ([source, its]) => ({ source, ...its }));
  const told = tellLedger({ publicKey, label: name }, reports, deps);
  deps.figures?.add(
    { publicKey, label: name },
    { figures: result.figures, posts: result.answers, objects: result.reports.keys() },
  );
  points?.write(name, result.figures);
  if (unasked.length > 0) await putOffRest(publicKey, unasked, label, deps);
  await told;
}

/** Claims of objects that this pass did not come to. */
async function putOffRest(
  publicKey: string,
  unasked: readonly Claimed[],
  label: LogFields,
  deps: ConsumerDeps,
): Promise<void> {
  const { breaker, now } = deps;
  const { waitMs: still } = tryPass(breaker.get(publicKey) ?? {}, now());
  await putOff(publicKey, unasked, Math.max(still, UNASKED_MS), label, deps);
}

/** Of any consumer: this isolate's unreported deliveries, and those that health knows of. */
async function lastDeliveryOf(
  publicKey: string,
  kind: RecordKind,
  { healthy, health }: ConsumerDeps,
): Promise<number | undefined> {
  const own = healthy.get(publicKey)?.unreported?.kinds?.[kind];
  try {
    const reported = (await health(publicKey).read()).kinds?.[kind]?.lastDelivery;
    if (own === undefined || reported === undefined) return own ?? reported;
    return Math.max(own, reported);
  } catch {
    // No proof: then no record is blamed.
    return own;
  }
}

/** Claims that nobody may serve just now wait in the queue, or their objects wait where it is for longer. */
async function putOff(
  publicKey: string,
  claimed: readonly Claimed[],
  waitMs: number,
  label: LogFields,
  deps: ConsumerDeps,
): Promise<void> {
  const deferred = waitMs <= MAX_DEFER_MS;
  deps.log("info", deferred ? "claims_deferred" : "claims_postponed", {
    ...label,
    reason: "breaker_open",
    objects: claimed.length,
  });
  if (deferred) await deps.defer(claimsFor(publicKey, claimed), Math.ceil(waitMs / 1000));
  else await postpone(claimed, { reason: "breaker_open", afterMs: waitMs }, deps);
}

/** Makes objects wait whose claims can't be served for long: else each would claim again every minute. */
async function postpone(
  claimed: readonly Claimed[],
  retry: NonNullable<Settlement["retry"]>,
  { sessionById, log }: ConsumerDeps,
): Promise<void> {
  await inParallel(claimed, PUT_OFF_AT_ONCE, async ({ object, ...reserved }) => {
    try {
      const session = sessionById(object);
      const { lease } = await session.lease({ maxBytes: 1, ...reserved });
      if (lease) await session.settle({ lease: lease.id, delivered: [], dead: [], retry });
    } catch (error) {
      log("warn", "postpone_failed", { object, error: describeError(error) });
    }
  });
}

/** The project's name in logs: stable, and no key. */
function projectLabel(publicKey: string): string {
  return derivedId("project", publicKey).slice(0, 12);
}
