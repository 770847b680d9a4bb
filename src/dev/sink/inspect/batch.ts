// What Langfuse does with a batch on `/api/public/ingestion`: a score is taken, `sdk-log` passes,
// every trace, span, generation and event is refused one by one. Pure.
import { type Finding, finding } from "./finding.ts";
import { hasLoneSurrogate, isObject, type JsonObject } from "../../../otlp/json.ts";

/** A score to store; one with the same id replaces it. */
export interface KeptScore {
  id: string;
  /** Empty for a score of a session. */
  traceId: string;
  observationId?: string;
  sessionId?: string;
  name: string;
  value: string;
  comment?: string;
  /** The score body, as JSON text. */
  body: string;
}

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

/** A score's value as text; undefined where it is none. */
function valueText(body: JsonObject): string | undefined {
  const { value } = body;
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  return typeof value === "number" ? String(value) : undefined;
}

function scoreProblem(body: unknown): string | undefined {
  if (!isObject(body)) return "body: must be an object";
  if (textIn(body, "name") === undefined) return "body.name: must be a string";
  if (valueText(body) === undefined) return "body.value: must be a number or a string";
  const subjects = ["traceId", "sessionId", "datasetRunId"];
  if (!subjects.some((name) => textIn(body, name) !== undefined)) {
    return "body: must name a traceId or a sessionId";
  }
  return undefined;
}

function keptScore(body: JsonObject, id: string): KeptScore {
  const observationId = textIn(body, "observationId");
  const sessionId = textIn(body, "sessionId");
  const comment = textIn(body, "comment");
  return {
    id,
    traceId: textIn(body, "traceId") ?? "",
    name: textIn(body, "name") ?? "",
    value: valueText(body) ?? "",
    body: JSON.stringify(body),
    ...(observationId !== undefined && { observationId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(comment !== undefined && { comment }),
  };
}

/** Decides event by event; undefined where the body is no batch at all. */
export function fateOfBatch(payload: unknown): BatchFate | undefined {
  if (!isObject(payload) || !Array.isArray(payload["batch"])) return undefined;
  const fate: BatchFate = { successes: [], errors: [], kept: [], findings: [] };
  for (const event of payload["batch"] as unknown[]) {
    const id = isObject(event) ? (textIn(event, "id") ?? "") : "";
    const refuse = (message: string, error: string): void => {
      fate.errors.push({ id, status: 400, message, error });
    };
    if (!isObject(event) || id === "" || textIn(event, "timestamp") === undefined) {
      refuse("Invalid request data", "an event needs an id, a timestamp, a type and a body");
    } else if (event["type"] === "sdk-log") {
      fate.successes.push({ id, status: 201 });
    } else if (event["type"] === "score-create") {
      const { body } = event;
      const problem = scoreProblem(body);
      if (problem !== undefined || !isObject(body)) {
        refuse("Invalid request data", problem ?? "body: must be an object");
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
