// Who is at the door, before the body is read: by the headers, or by a beacon's first line.
import { MAX_TOKEN_LENGTH } from "../../protocol/limits.ts";
import type { Caller } from "../caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { isBeacon, refuseBody, unreadRefusal } from "../read-body.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { AccessRefusal } from "./access-refusal.ts";

const PREFIX = "Bearer ";

export async function authenticate(
  request: Request,
  body: RequestBody,
  maxBytes: number,
  deps: EdgeDeps,
  tally: RequestLog,
): Promise<Caller | AccessRefusal> {
  const caller = isBeacon(request.headers)
    ? await beaconOf(request, body, maxBytes, deps)
    : await deps.access(request);
  const refusal =
    "refusal" in caller
      ? caller.refusal
      : (refuseBody(request.headers, maxBytes) ??
        (await deps.rateLimiting.byCaller(caller, request.headers)));
  if (refusal === undefined) return caller;
  if ("refusal" in caller && caller.reason !== undefined) tally.auth = caller.reason;
  return { refusal };
}

async function beaconOf(
  request: Request,
  body: RequestBody,
  maxBytes: number,
  deps: EdgeDeps,
): Promise<Caller | AccessRefusal> {
  const refusal = refuseBody(request.headers, maxBytes);
  if (refusal !== undefined) return { refusal };
  const line = await body.takeLine(PREFIX, PREFIX.length + MAX_TOKEN_LENGTH);
  // Who speaks is not known: that says nothing against its token.
  if (typeof line === "object") return { refusal: unreadRefusal(line.unread, maxBytes) };
  return deps.access(request, line?.slice(PREFIX.length).trim());
}
