// Langfuse and a batch on `/api/public/ingestion`: a score is taken, `sdk-log` passes,
// every trace, span, generation and event is refused one by one. Pure.
import type { KeptScore } from "../view/answers.ts";
import { isIsoTime, readBackAll } from "../view/read-back.ts";
import { type Finding, finding } from "./finding.ts";
import { hasLoneSurrogate, isObject, type JsonObject } from "../../../otlp/json.ts";

export interface BatchFate {
  successes: { id: string; status: 201 }[];
  errors: { id: string; status: number; message: string; error: string }[];
  kept: KeptScore[];
  findings: Finding[];
}

const textIn = (object: JsonObject, name: string): string | undefined => {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** The value types by data type; without one either is taken. */
const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  NUMERIC: (value) => typeof value === "number",
  BOOLEAN: (value) => value === 0 || value === 1,
  CATEGORICAL: (value) => typeof value === "string",
  TEXT: (value) => typeof value === "string",
  CORRECTION: (value) => typeof value === "string",
};

/** The older official SDKs write null for an observation that a score has none of. */
const TEXTS = ["id", "traceId", "observationId", "sessionId", "comment"];

function scoreProblem(body: JsonObject, refused?: string): string | undefined {
  const { value, dataType } = body;
  const odd = TEXTS.find((name) => {
    const absent = body[name] === undefined || (name === "observationId" && body[name] === null);
    return !absent && typeof body[name] !== "string";
  });
  if (odd !== undefined) return `body.${odd}: must be a string`;
  if (textIn(body, "name") === undefined) return "body.name: must be a string";
  if (body["name"] === refused) return `body.name: ${TOLD}`;
  if (typeof value !== "string" && typeof value !== "number") {
    return "body.value: must be a number or a string";
  }
  if (dataType !== undefined) {
    const fits = typeof dataType === "string" && Object.hasOwn(FITS, dataType) && FITS[dataType];
    if (!fits) return "body.dataType: is none";
    if (!fits(value)) return `body.value: does not fit the data type ${dataType}`;
  }
  if (textIn(body, "traceId") !== undefined) return undefined;
  if (textIn(body, "sessionId") === undefined) return "body: must name a traceId or a sessionId";
  return textIn(body, "observationId") && "body.observationId: needs a traceId";
}

function keptScore(body: JsonObject, id: string): KeptScore {
  const observationId = textIn(body, "observationId");
  const sessionId = textIn(body, "sessionId");
  const comment = textIn(body, "comment");
  return {
    id,
    traceId: textIn(body, "traceId") ?? "",
    name: textIn(body, "name") ?? "",
    value: String(body["value"]),
    body: JSON.stringify(body),
    ...(isObject(body["metadata"]) && { metadata: readBackAll(body["metadata"]) }),
    ...(observationId !== undefined && { observationId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(comment !== undefined && { comment }),
  };
}

/** The reason of a refusal that a developer asked for. */
export const TOLD = "the_sink_was_told_to_refuse_it";

/** Decides event by event; undefined where the body is no batch at all. `refused`: the name of scores to refuse. */
export function fateOfBatch(payload: unknown, refused?: string): BatchFate | undefined {
  if (!isObject(payload) || !Array.isArray(payload["batch"])) return undefined;
  const fate: BatchFate = { successes: [], errors: [], kept: [], findings: [] };
  for (const event of payload["batch"] as unknown[]) {
    const id = isObject(event) ? (textIn(event, "id") ?? "") : "";
    const refuse = (message: string, error: string): void => {
      fate.errors.push({ id, status: 400, message, error });
    };
    if (!isObject(event) || id === "" || !isIsoTime(event["timestamp"])) {
      refuse("Invalid request data", "an event needs an id, a timestamp, a type and a body");
    } else if (event["type"] === "sdk-log") {
      fate.successes.push({ id, status: 201 });
    } else if (event["type"] === "score-create") {
      const { body } = event;
      const problem = isObject(body) ? scoreProblem(body, refused) : "body: must be an object";
      if (problem !== undefined || !isObject(body)) {
        refuse("Invalid request data", problem ?? "");
        continue;
      }
      fate.successes.push({ id, status: 201 });
      takeScore(body, fate);
    } else {
      refuse(
        "Event type not accepted",
        `${textIn(event, "type") ?? "no type"} is not accepted by this version`,
      );
    }
  }
  return fate;
}

function takeScore(body: JsonObject, fate: BatchFate): void {
  const about = { ...(typeof body["traceId"] === "string" && { traceId: body["traceId"] }) };
  const id = textIn(body, "id");
  if (id === undefined) {
    const message = "a score without body.id: Langfuse answers 201 and never stores it";
    fate.findings.push(finding("score_without_id", message, about));
  } else if (hasLoneSurrogate(body)) {
    const message = "a lone surrogate in a score: Langfuse answers 201 and its insert fails";
    fate.findings.push(finding("lone_surrogate", message, about));
  } else {
    fate.kept.push(keptScore(body, id));
  }
}
