// GET /api/langfuse/trace: is it configured, and, for a server that holds the project's keys, does
// delivery work. Must work without credentials, and must not tell a key or a part of one.
import { describeError } from "../log.ts";
import type { HealthState } from "../protocol/health-calls.ts";
import { type Answer, answerRefusal } from "./answers.ts";
import type { EdgeDeps } from "./edge-deps.ts";
import type { Tally } from "./tally.ts";
import { EDGE_VERSION } from "../protocol/version.ts";

export async function getHealth(request: Request, deps: EdgeDeps, tally: Tally): Promise<Answer> {
  const { configured, projects, privacy, problems, storage } = deps.settings;
  const known = {
    status: statusOf(projects.size > 0, privacy.kind !== "unusable", storage.kind !== "unusable"),
    langfuse_configured: projects.size > 0,
    public_key_available: configured.publicKey,
    secret_key_available: configured.secretKey,
    base_url: configured.baseUrl,
    ...(deps.auth.length === 0 && { browsers: "auth_not_configured" }),
  };
  if (!request.headers.has("authorization")) return { status: 200, body: known };
  const caller = await deps.access(request);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  if (caller.writer !== "server") return { status: 200, body: known };
  const { publicKey, baseUrl } = caller.project;
  const state = await stateOf(publicKey, deps, tally);
  const error = state?.lastError;
  return {
    status: 200,
    body: {
      ...known,
      base_url: baseUrl,
      version: EDGE_VERSION,
      auth: deps.auth,
      last_delivery: isoOf(state?.lastDelivery),
      pending: state?.pending ?? null,
      dead: state?.dead ?? null,
      last_error: error === undefined ? null : { class: error.class, since: isoOf(error.since) },
      problems,
    },
  };
}

/** Anything but healthy takes no writes. */
function statusOf(hasProject: boolean, canMask: boolean, canStore: boolean): string {
  if (!hasProject) return "unconfigured";
  if (!canStore) return "storage_not_configured";
  return canMask ? "healthy" : "masking_not_configured";
}

/** Undefined where the object that knows does not answer: health must still say what it can. */
async function stateOf(
  publicKey: string,
  deps: EdgeDeps,
  tally: Tally,
): Promise<HealthState | undefined> {
  try {
    return await deps.health(publicKey).read();
  } catch (error) {
    tally.error = describeError(error);
    return undefined;
  }
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
