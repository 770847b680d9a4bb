// A queue batch of claims, served. Each project has a pass of its own; one that fails,
// hangs or is misconfigured does not touch another. Never throws, so the batch is always
// acknowledged: a claim is a hint, and the object that claims is the one that tries again.
// A queue may have one consumer only, so nobody waits for a POST that hangs: its pass goes on after the answer.
import { derivedId } from "../protocol/ids.ts";
import { describeError, type LogFields } from "../log.ts";
import type { Project } from "../settings/index.ts";
import type { NamedReport } from "../protocol/books/ledger-calls.ts";
import type { HealthCalls } from "../protocol/health-calls.ts";
import type { RecordKind } from "../protocol/record.ts";
import { type Admission, tryPass, fromHealth, cancelProbe } from "./breaker.ts";
import { type Claimed, claimedObjects, claimsFor } from "./claims.ts";
import { PASS_BYTES } from "./lease-objects.ts";
import { postpone, putOff, type PutOffDeps, putOffRest } from "./put-off.ts";
import { type Pass, type PassDeps, deliverProject } from "./deliver-project.ts";
import type { PassResult } from "./pass-result.ts";
import { hangingIn, PassesUnderWay } from "./passes-under-way.ts";
import type { FiguresTeller } from "./figures/figures-teller.ts";
import type { PointWriter } from "./figures/point-writer.ts";
import { PostBudget, postsAtOnce } from "./posts/post-slots.ts";
import { report, type ReportDeps } from "./report.ts";
import { type LedgerDeps, LedgerTeller } from "./tell-ledger.ts";

export interface ConsumerDeps extends PassDeps, ReportDeps, LedgerDeps, PutOffDeps {
  health: (publicKey: string) => Pick<HealthCalls, "report" | "read">;
  projects: ReadonlyMap<string, Project>;
  /** By public key; lives as long as the isolate. */
  underWay: Map<string, PassesUnderWay>;
  /** Keeps the invocation alive after its answer, for half a minute; without it, the answer waits for all. */
  waitUntil?: (work: Promise<void>) => void;
  /** Absent where nobody keeps figures. */
  figures?: Pick<FiguresTeller, "add">;
  /** One for each batch, since what it may write is bounded; absent where no dataset is bound. */
  points?: () => PointWriter;
}

/** Passes are left to themselves while all under way hold no more: a few copies of it must fit an isolate's 128 MB. */
const MOST_LEFT_BYTES = 3 * PASS_BYTES;
/** Passes at once: one project's hanging Langfuse does not hold the others. */
const PROJECTS_AT_ONCE = 3;

/**
 * Serves the claims of one queue batch, which may hold anything. Resolves when nothing is left of it but passes
 * that wait for a Langfuse that hangs.
 */
export async function consume(claims: readonly unknown[], deps: ConsumerDeps): Promise<void> {
  const { byProject, malformed } = claimedObjects(claims);
  if (malformed > 0) deps.log("warn", "claims_ignored", { reason: "malformed", claims: malformed });
  const posts = postsAtOnce(Math.min(byProject.size, PROJECTS_AT_ONCE));
  const budget = new PostBudget();
  const points = deps.points?.();
  const rest = hangingLast(byProject, deps);
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const maxPosts = budget.take(rest.length + 1);
      const unmade = (left: number): void => budget.giveBack(left);
      const limitMet = (): void => budget.end();
      if (maxPosts === 0) rest.push(next);
      // A pass that is left to itself has its connections still.
      if (
        maxPosts === 0 ||
        (await serve(next, { posts, maxPosts, unmade, limitMet, points }, deps))
      )
        return;
    }
  };
  await Promise.all(Array.from({ length: PROJECTS_AT_ONCE }, lane));
  // The next invocation has connections and requests of its own.
  for (const [publicKey, claimed] of rest) {
    await logged(publicKey, deps, deps.defer(claimsFor(publicKey, claimed), 0));
  }
}

function hangingLast(
  byProject: ReadonlyMap<string, Claimed[]>,
  { underWay, now }: ConsumerDeps,
): [publicKey: string, claimed: Claimed[]][] {
  const posts = (publicKey: string): number => {
    const { observation, score } = hangingIn(underWay.get(publicKey), now());
    return observation.posts + score.posts;
  };
  return [...byProject].sort(([a], [b]) => posts(a) - posts(b));
}

/** What the passes of one invocation share. */
interface Shared {
  /** Posts that each may have under way, and that each may make. */
  posts: number;
  maxPosts: number;
  /** Called with the posts that it did not make, once. */
  unmade: (posts: number) => void;
  /** Called where the platform let it make no more. */
  limitMet: () => void;
  points: PointWriter | undefined;
}

/** True where its pass goes on. */
async function serve(
  [publicKey, claimed]: [publicKey: string, claimed: Claimed[]],
  shared: Shared,
  deps: ConsumerDeps,
): Promise<boolean> {
  let isLeft = false;
  const { waitUntil } = deps;
  const leave = (work: Promise<void>): void => {
    isLeft = true;
    waitUntil?.(logged(publicKey, deps, work));
  };
  const its = waitUntil === undefined ? deps : { ...deps, waitUntil: leave };
  await logged(publicKey, deps, consumeProject(publicKey, claimed, shared, its));
  return isLeft;
}

async function logged(
  publicKey: string,
  { log }: ConsumerDeps,
  work: Promise<void>,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    const project = projectLabel(publicKey);
    log("error", "delivery_failed", { project, error: describeError(error) });
  }
}

async function consumeProject(
  publicKey: string,
  claimed: readonly Claimed[],
  { posts, maxPosts, unmade, limitMet, points }: Shared,
  deps: ConsumerDeps,
): Promise<void> {
  const { now, log, breaker } = deps;
  const name = projectLabel(publicKey);
  const label = { project: name, objects: claimed.length };
  const project = deps.projects.get(publicKey);
  if (project === undefined) {
    unmade(maxPosts);
    log("warn", "claims_postponed", { reason: "not_configured", ...label });
    await postpone(claimed, { reason: "not_configured" }, deps);
    return;
  }
  const began = now();
  const others = deps.underWay.get(publicKey) ?? new PassesUnderWay();
  deps.underWay.set(publicKey, others);
  const hanging = hangingIn(others, began);
  const { plans, waitMs, state } = tryPass(breaker.get(publicKey) ?? {}, began, hanging);
  breaker.set(publicKey, state);
  if (waitMs > 0) {
    unmade(maxPosts);
    await putOff(publicKey, claimed, waitMs, label, deps);
    return;
  }
  const lastDelivery = (kind: RecordKind): Promise<number | undefined> =>
    lastDeliveryOf(publicKey, kind, deps);
  const teller = new LedgerTeller({ publicKey, label: name }, deps);
  const tell = (reports: readonly NamedReport[]): Promise<boolean> => teller.tell(reports);
  const plan = { plans, lastDelivery, postsAtOnce: posts, maxPosts, others, tell };
  const pass = deliverProject(project, claimed, plan, deps);
  const over = pass.done.then((result) => {
    unmade(maxPosts - result.posts);
    if (result.unsent !== undefined) limitMet();
    return conclude(result, { publicKey, label, plans, began, points, tell }, deps);
  });
  await leftAlone(pass, over, { publicKey, label }, deps);
}

/** Waits for a pass until it is over, or only waits for Langfuse: then it goes on after the answer. */
async function leftAlone(
  pass: Pass,
  over: Promise<void>,
  { publicKey, label }: { publicKey: string; label: LogFields },
  deps: ConsumerDeps,
): Promise<void> {
  const { waitUntil } = deps;
  const isLeft = waitUntil && (await Promise.race([over.then(() => false), pass.standsStill]));
  const at = deps.now();
  const held = [...deps.underWay.values()].reduce((sum, one) => sum + one.heldBytes(at), 0);
  if (!isLeft || held > MOST_LEFT_BYTES) {
    await over;
    return;
  }
  waitUntil(over);
  const unasked = pass.leave();
  if (unasked.length > 0) await putOffRest(publicKey, unasked, label, deps);
}

interface Concluded {
  publicKey: string;
  label: { project: string; objects: number };
  plans: Admission["plans"];
  /** Epoch ms. */
  began: number;
  points: PointWriter | undefined;
  tell: (reports: readonly NamedReport[]) => Promise<boolean>;
}

/** What a pass came to: for the log, the project's health and its books, and the claims that it left. */
async function conclude(
  result: PassResult,
  { publicKey, label, plans, began, points, tell }: Concluded,
  deps: ConsumerDeps,
): Promise<void> {
  const { now, log, breaker, projects } = deps;
  const { project: name } = label;
  const { failure, unasked } = result;
  log(failure || result.dead > 0 ? "warn" : "debug", "delivery", {
    ...label,
    host: new URL(projects.get(publicKey)?.baseUrl ?? "").host,
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
  if (result.unsent !== undefined) {
    log("warn", "posts_unsent", { project: name, error: result.unsent });
  }
  const health =
    result.leases > 0 || result.unreadable
      ? await report({ publicKey, label: name, began }, result, deps)
      : undefined;
  const before = breaker.get(publicKey) ?? {};
  breaker.set(publicKey, health ? fromHealth(health, before, plans) : cancelProbe(before, plans));
  const reports = Array.from(result.reports, ([source, its]) => ({ source, ...its }));
  const told = tell(reports);
  deps.figures?.add(
    { publicKey, label: name },
    { figures: result.figures, posts: result.answers, objects: result.objects },
  );
  points?.write(name, result.figures);
  if (unasked.length > 0) await putOffRest(publicKey, unasked, label, deps);
  await told;
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

/** The project's name in logs: stable, and no key. */
function projectLabel(publicKey: string): string {
  return derivedId("project", publicKey).slice(0, 12);
}
