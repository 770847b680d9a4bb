// POST /api/public/ingestion: Langfuse's batch of before v4. Answers as Langfuse does, after the durable write; a
// batch of nothing, which some clients send every second, wakes no object.
import type { EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { readBody } from "../read-body.ts";
import { refuseWrites } from "../refuse-writes.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import { isObject } from "../../protocol/wire.ts";
import { legacyCaller } from "./access.ts";
import { answerBatch, invalidRequest, legacyRefusal } from "./answers.ts";
import { ingestEvents } from "./ingest-events.ts";
import { senderOf } from "./sender.ts";

export async function postIngestion(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer> {
  const { headers } = request;
  const found = await legacyCaller(request, body, deps, log);
  if ("refusal" in found) return legacyRefusal(found.refusal);
  const closed = refuseWrites(deps.settings);
  if (closed !== undefined) return legacyRefusal(closed);
  const json = await readBody(headers, body, found.maxBytes);
  if ("refusal" in json) return legacyRefusal(json.refusal);
  if (!isObject(json.value)) return invalidRequest(["the body must be a JSON object"]);
  const { batch, metadata } = json.value;
  // Null is what Go makes of an empty list.
  const events: unknown = Object.hasOwn(json.value, "batch") ? (batch ?? []) : undefined;
  if (!Array.isArray(events)) return invalidRequest(["batch: must be a list of events"]);
  if (events.length === 0) return { status: 207, body: { successes: [], errors: [] } };
  const sender = senderOf(headers, metadata);
  Object.assign(log, sender);
  const kept = await ingestEvents(events, found, headers, deps, log);
  if ("refusal" in kept) return legacyRefusal(kept.refusal);
  deps.census.count(found.caller.project.publicKey, sender, events.length);
  return answerBatch(kept);
}
