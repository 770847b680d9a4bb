// GET /api/langfuse/trace: whether the edge is configured and delivery works; and, for a server that
// holds the project's keys, why not. Must work without credentials, and must not reveal a part of a key.
import type { HealthState, LegacySender } from "../../protocol/health-calls.ts";
import { EDGE_VERSION } from "../../protocol/version.ts";
import type { HealthProblem } from "../../outcomes/health-status.ts";
import type { Project, Settings } from "../../settings/index.ts";
import { type EdgeAnswer, answerRefusal } from "../answers.ts";
import { holdsKeys } from "../access/basic.ts";
import { credentialsOf } from "../access/credentials.ts";
import { DeliveryGlance, deliveryOf } from "./delivery-problems.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { ACCESS_HEADER } from "../readers/outside-tokens.ts";
import { readerOf, seesContent } from "../readers/reader-of.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";

const NO_PROJECT = "LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY: no Langfuse project can be used";

export type HealthRoute = (
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
) => Promise<EdgeAnswer>;

/** The route of one isolate. */
export function healthRoute(): HealthRoute {
  const glance = new DeliveryGlance();
  return async (request, deps, log) => {
    const configuration = configurationOf(deps);
    const forAll = async (): Promise<EdgeAnswer> => {
      const degraded = configuration.status === "healthy" && (await glance.isDegraded(deps, log));
      return {
        status: 200,
        body: degraded ? { ...configuration, status: "degraded" } : configuration,
      };
    };
    const { headers } = request;
    if (!headers.has("authorization") && !headers.has(ACCESS_HEADER)) return forAll();
    if (isSettingUp(request, deps.settings)) {
      return { status: 200, body: { ...configuration, ...about(deps) } };
    }
    const shown = await projectShown(request, deps, log);
    if (shown === undefined) return forAll();
    if ("refusal" in shown) return answerRefusal(shown.refusal);
    const { publicKey, baseUrl } = shown.project;
    const { state, problems } = await deliveryOf(publicKey, deps, log);
    const error = state?.lastError;
    const dead = state?.lastDead;
    return {
      status: 200,
      body: {
        ...configuration,
        ...(configuration.status === "healthy" && problems.length > 0 && { status: "degraded" }),
        base_url: baseUrl,
        time: isoOf(deps.now()),
        ...about(deps),
        last_delivery: isoOf(state?.lastDelivery),
        pending: state?.pending ?? null,
        dead: state?.dead ?? null,
        settled_again: state === undefined ? null : (state.repeated ?? 0),
        last_error:
          error === undefined
            ? null
            : {
                class: error.class,
                since: isoOf(error.since),
                ...omitUndefined({ message: shown.content ? error.message : undefined }),
              },
        ...(dead !== undefined && { last_dead: deadBody(dead, shown.content) }),
        ...(state?.legacy && { legacy: state.legacy.map(legacyBody) }),
        delivery_problems: problems.map(problemBody),
      },
    };
  };
}

interface Shown {
  project: Project;
  /** Words that may quote payloads are told. */
  content: boolean;
}

/** The project whose health the caller may see; undefined for pages, which see what everybody does. */
async function projectShown(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<Shown | undefined | { refusal: RequestRefusal }> {
  const reader = await readerOf(request, deps, {});
  if (!("refusal" in reader)) {
    return { project: reader.project, content: seesContent(reader, deps) };
  }
  // What a proxy in front adds says nothing of who asks.
  if (!request.headers.has("authorization")) return undefined;
  const caller = await deps.access(request);
  if (!("refusal" in caller)) {
    return caller.writer === "server" ? { project: caller.project, content: true } : undefined;
  }
  Object.assign(log, omitUndefined({ auth: caller.reason }));
  return caller;
}

/** The seed's five fields, and whether browsers are let in. */
function configurationOf({ settings, auth }: EdgeDeps) {
  const { configured, projects } = settings;
  return {
    status: statusOf(settings),
    langfuse_configured: projects.size > 0,
    public_key_available: configured.publicKey,
    secret_key_available: configured.secretKey,
    base_url: configured.baseUrl,
    ...(auth.length === 0 && { browsers: "auth_not_configured" }),
  };
}

/** Every status but healthy and degraded means that no writes are taken. */
function statusOf({ projects, privacy, storage }: Settings): string {
  if (projects.size === 0) return "unconfigured";
  if (storage.kind === "unusable") return "storage_not_configured";
  return privacy.kind === "unusable" ? "masking_not_configured" : "healthy";
}

/**
 * Where no project is usable nobody can be let in, and the operator has to learn why: problems name
 * settings, never values. Keys that are complete must be right even so.
 */
function isSettingUp(request: Request, { projects, unusedKeys }: Settings): boolean {
  const credentials = credentialsOf(request.headers);
  if (projects.size > 0 || credentials.kind !== "basic" || request.headers.has("origin")) {
    return false;
  }
  return unusedKeys === undefined || holdsKeys(credentials.encoded, unusedKeys);
}

function about({ settings, auth }: EdgeDeps) {
  const none = settings.projects.size === 0 ? [NO_PROJECT] : [];
  const masks = settings.privacy.kind === "on" ? settings.privacy.masks : [];
  return { version: EDGE_VERSION, auth, masks, problems: [...none, ...settings.problems] };
}

function deadBody(
  { message, at, ...dead }: NonNullable<HealthState["lastDead"]>,
  content: boolean,
): Record<string, unknown> {
  return { ...dead, ...(content && { message }), at: isoOf(at) };
}

function legacyBody({ since, last, ...counts }: LegacySender): Record<string, unknown> {
  return { ...counts, since: isoOf(since), last: isoOf(last) };
}

function problemBody({ code, since, waiting }: HealthProblem): Record<string, unknown> {
  return omitUndefined({ code, since: since === undefined ? undefined : isoOf(since), waiting });
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
