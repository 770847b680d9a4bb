// POST /api/langfuse/trace, the endpoint of the seed's clients and ours: how a request of it is
// written, and how its answer is. What happens in between is that of every endpoint (ingest/).
import { authenticate } from "../access/authenticate.ts";
import { answerMany, answerOne, answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { ingest } from "../ingest/ingest.ts";
import { countryOf } from "../interpret/country.ts";
import { interpretContext } from "../interpret/context.ts";
import { interpret } from "../interpret/interpret.ts";
import { readBody } from "../read-body.ts";
import { refuseWrites } from "../refuse-writes.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import { readEnvelope } from "./read-envelope.ts";

export async function postTrace(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer> {
  const { settings } = deps;
  const { limits } = settings;
  const { headers } = request;
  const caller = await authenticate(request, body, limits.bodyBytes, deps, log);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  const closed = refuseWrites(settings);
  if (closed !== undefined) return answerRefusal(closed);
  const json = await readBody(headers, body, limits.bodyBytes);
  if ("refusal" in json) return answerRefusal(json.refusal);
  const context = interpretContext(settings, caller, deps.now(), countryOf(request));
  const read = readEnvelope(json.value, context, limits.actions);
  if ("code" in read) return answerRefusal(read);
  const { envelope, notes: traceNotes, givenUp } = read;
  const { clientId } = envelope;
  if (givenUp && clientId) deps.door.givenUp(caller.project.publicKey, clientId, givenUp);
  const { longIntegers } = json;
  const noted = {
    ...context,
    ...(traceNotes.length > 0 && { traceNotes }),
    ...(longIntegers.size > 0 && { longIntegers }),
  };
  const interpreted = read.actions.map((raw) => interpret(raw, envelope, noted));
  const ingested = await ingest(interpreted, { caller, headers, envelope }, deps, log);
  if ("refusal" in ingested) return answerRefusal(ingested.refusal);
  const { outcomes, flushed } = ingested;
  const [only] = outcomes;
  if (read.single && only !== undefined) return answerOne(only);
  const isWatched = deps.watching?.isWatched(caller.project.publicKey) === true;
  return answerMany(outcomes, { ...flushed, ...(isWatched && { watched: true }) });
}
