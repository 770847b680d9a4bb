// The caller of a request, before its body is read: by its headers, or by a beacon's first line.
import { MAX_TOKEN_LENGTH } from "../../protocol/limits.ts";
import type { Caller } from "./caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { isBeacon, refuseBody, unreadRefusal } from "../read-body.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { RequestLog } from "../request-log.ts";
import type { AccessRefusal } from "./access-refusal.ts";
import { callerPools, strangerPools } from "./body-pools.ts";

const PREFIX = "Bearer ";

export async function authenticate(
  request: Request,
  body: RequestBody,
  maxBytes: number,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<Caller | AccessRefusal> {
  const caller = isBeacon(request.headers)
    ? await callerOfBeacon(request, body, maxBytes, deps)
    : await deps.access(request);
  return letIn(caller, request, body, deps, log, refuseBody(request.headers, maxBytes));
}

/** The same for an endpoint that takes no beacons. `unfit`: the refusal of such a body. */
export async function authenticateByHeaders(
  request: Request,
  body: RequestBody,
  deps: EdgeDeps,
  log: RequestLog,
  unfit: RequestRefusal | undefined,
): Promise<Caller | AccessRefusal> {
  return letIn(await deps.access(request), request, body, deps, log, unfit);
}

async function letIn(
  caller: Caller | AccessRefusal,
  { headers }: Request,
  body: RequestBody,
  deps: EdgeDeps,
  log: RequestLog,
  unfit: RequestRefusal | undefined,
): Promise<Caller | AccessRefusal> {
  if ("refusal" in caller) {
    if (caller.reason !== undefined) log.auth = caller.reason;
    return caller;
  }
  const refusal = unfit ?? (await deps.rateLimiting.byCaller(caller, headers));
  if (refusal !== undefined) return { refusal };
  body.countIn(callerPools(caller, headers));
  return caller;
}

async function callerOfBeacon(
  request: Request,
  body: RequestBody,
  maxBytes: number,
  deps: EdgeDeps,
): Promise<Caller | AccessRefusal> {
  const refusal = refuseBody(request.headers, maxBytes);
  if (refusal !== undefined) return { refusal };
  body.countIn(strangerPools(request.headers));
  const line = await body.takeLine(PREFIX, PREFIX.length + MAX_TOKEN_LENGTH);
  // The token was not read, so nothing is said against it.
  if (typeof line === "object") return { refusal: unreadRefusal(line.unread, maxBytes) };
  return deps.access(request, line?.slice(PREFIX.length).trim());
}
