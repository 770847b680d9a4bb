// POST and PATCH of one trace, span, generation, event or score, as Langfuse's oldest clients write them; and of a
// list of scores, as its newest do.
import type { EdgeAnswer } from "../answers.ts";
import type { Handler } from "../respond.ts";
import { readBody } from "../read-body.ts";
import { refuseWrites } from "../refuse-writes.ts";
import { legacyCaller } from "./access.ts";
import { answerScores, invalidBody, legacyRefusal, refusalIn } from "./answers.ts";
import { ingestEvents } from "./ingest-events.ts";
import { hasMadeIds, REST_PATHS, restEvent, scoreEvents } from "./rest-events.ts";
import { senderOf } from "./sender.ts";

/** @param name of the path, as in REST_PATHS */
export function restRoute(name: string): Handler {
  return async (request, deps, log, body): Promise<EdgeAnswer> => {
    const { headers } = request;
    const path = REST_PATHS[name];
    if (path === undefined) return legacyRefusal({ code: "not_found", message: "no such path" });
    const found = await legacyCaller(request, body, deps, log);
    if ("refusal" in found) return legacyRefusal(found.refusal);
    const closed = refuseWrites(deps.settings);
    if (closed !== undefined) return legacyRefusal(closed);
    const json = await readBody(headers, body, found.maxBytes);
    if ("refusal" in json) return legacyRefusal(json.refusal);
    if (name === "POST scores" && Array.isArray(json.value)) {
      const scores = scoreEvents(json.value, () => crypto.randomUUID(), deps.now());
      const kept = await ingestEvents(scores, found, headers, deps, log);
      if ("refusal" in kept) return legacyRefusal(kept.refusal);
      return answerScores(kept, hasMadeIds(json.value));
    }
    const made = restEvent(path, json.value, () => crypto.randomUUID(), deps.now());
    if (made === undefined) return invalidBody(path.idField, "must be in a JSON object");
    const sender = senderOf(headers, undefined);
    Object.assign(log, sender);
    const kept = await ingestEvents([made.event], found, headers, deps, log);
    if ("refusal" in kept) return legacyRefusal(kept.refusal);
    deps.census.count(found.caller.project.publicKey, sender, 1);
    const [only] = kept;
    const refusal = only && refusalIn(only.event, only.outcomes);
    if (refusal === undefined) return { status: 200, body: { id: made.id } };
    const { status, message, error } = refusal;
    return { status, code: "invalid_data", body: { message: error, error: message } };
  };
}
