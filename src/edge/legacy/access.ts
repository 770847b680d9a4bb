// Callers of Langfuse's own paths: servers by Basic `pk:sk`, pages as everywhere. A page that has the public key
// alone may write scores, as Langfuse itself lets it, where the edge lets its origin in.
import { MAX_LEGACY_BODY_BYTES } from "../../protocol/limits.ts";
import type { Caller } from "../access/caller.ts";
import { credentialsOf } from "../access/credentials.ts";
import { refuseOwn } from "../access/own-request.ts";
import { callerPools } from "../access/body-pools.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { unreadRefusal } from "../read-body.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";

export interface LegacyCaller {
  caller: Caller;
  /** It may write scores and nothing else. */
  scoresOnly: boolean;
  /** Largest body that it may send: of a page's the operator's own limit holds. */
  maxBytes: number;
}

export async function legacyCaller(
  request: Request,
  body: RequestBody,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<LegacyCaller | { refusal: RequestRefusal }> {
  const { headers } = request;
  const found = await deps.access(request);
  const byKey = "refusal" in found ? scoresByKey(request, deps) : undefined;
  const caller = byKey ?? found;
  if ("refusal" in caller) {
    if (caller.reason !== undefined) log.auth = caller.reason;
    return { refusal: caller.refusal };
  }
  log.project = caller.project.publicKey;
  const isPage = caller.writer === "browser";
  const { bodyBytes } = deps.settings.limits;
  const maxBytes = isPage ? Math.min(bodyBytes, MAX_LEGACY_BODY_BYTES) : MAX_LEGACY_BODY_BYTES;
  const tooLarge = Number(headers.get("content-length") ?? 0) > maxBytes;
  const unfit = refuseOwn(headers) ?? (tooLarge ? unreadRefusal("too_large", maxBytes) : undefined);
  if (unfit !== undefined) return { refusal: unfit };
  const overRate = await deps.rateLimiting.byCaller(caller, headers);
  if (overRate !== undefined) return { refusal: overRate };
  body.countIn(callerPools(caller, headers));
  return { caller, scoresOnly: byKey !== undefined, maxBytes };
}

function scoresByKey(request: Request, deps: EdgeDeps): Caller | undefined {
  const credentials = credentialsOf(request.headers);
  if (credentials.kind !== "bearer" || deps.origins.judge(request).kind !== "allowed")
    return undefined;
  const project = deps.settings.projects.get(credentials.token);
  if (project === undefined) return undefined;
  return {
    project,
    writer: "browser",
    owner: "anonymous",
    fromPage: true,
    publicKeyOnly: deps.auth.length > 0,
  };
}
