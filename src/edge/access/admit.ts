// Who is at the door, before the body is read: by the headers, or by a beacon's first line.
import { MAX_TOKEN_LENGTH } from "../../protocol/limits.ts";
import type { BodyStream } from "../body-stream.ts";
import type { Caller } from "../caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { isBeacon, refuseBody } from "../read-body.ts";
import type { Tally } from "../tally.ts";
import type { AccessRefusal } from "./access-refusal.ts";

const PREFIX = "Bearer ";

export async function admit(
  request: Request,
  body: BodyStream,
  deps: EdgeDeps,
  tally: Tally,
): Promise<Caller | AccessRefusal> {
  const caller = isBeacon(request.headers)
    ? await beaconOf(request, body, deps)
    : await deps.access(request);
  const refusal =
    "refusal" in caller
      ? caller.refusal
      : (refuseBody(request.headers, body.maxBytes) ??
        (await deps.counting.byCaller(caller, request.headers)));
  if (refusal === undefined) return caller;
  if ("refusal" in caller && caller.reason !== undefined) tally.auth = caller.reason;
  await body.cancel();
  return { refusal };
}

async function beaconOf(
  request: Request,
  body: BodyStream,
  deps: EdgeDeps,
): Promise<Caller | AccessRefusal> {
  const refusal = refuseBody(request.headers, body.maxBytes);
  if (refusal !== undefined) return { refusal };
  const line = await body.takeLine(PREFIX, PREFIX.length + MAX_TOKEN_LENGTH);
  return deps.access(request, line?.slice(PREFIX.length).trim());
}
