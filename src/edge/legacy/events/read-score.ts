// A legacy client's score: Langfuse's score body, complete, with an id and with Langfuse's own ids in it. Pure.
import type { ScoreChange } from "../../../protocol/change.ts";
import { safeJson } from "../../../protocol/json/safe.ts";
import { omitUndefined } from "../../omit-undefined.ts";
import { readName, readOwnerId, readText } from "../../fields/read-values.ts";
import { RefusalError } from "../../fields/refusal-error.ts";
import {
  isAmongOwners,
  ownId,
  ownMadeId,
  ownSession,
  refuseForeignSession,
} from "../../interpret/bound.ts";
import type { LegacyContext } from "./context.ts";
import { environmentOf, type Reading, textOf } from "./fields.ts";
import { derivedFrom, idIn, namedTrace, observationNamed } from "./ids.ts";

const TEXT_TYPES: ReadonlySet<string> = new Set(["CATEGORICAL", "CORRECTION", "TEXT"]);
const NUMBER_TYPES: ReadonlySet<string> = new Set(["NUMERIC", "BOOLEAN"]);

export interface ReadScore {
  score: ScoreChange;
  /** The session, or the dataset run, of a score that names no trace. */
  elsewhere?: string;
}

/** @throws RefusalError where it is no score, or the caller may not write it */
export function readScore(reading: Reading, eventId: string, context: LegacyContext): ReadScore {
  const { body, note } = reading;
  const traceId = idIn(reading, "traceId");
  const trace = traceId === undefined ? undefined : namedTrace(traceId, reading, context);
  const datasetRunId = trace === undefined ? idIn(reading, "datasetRunId") : undefined;
  if (datasetRunId !== undefined && isAmongOwners(context)) {
    const message = "datasetRunId: only a server scores a dataset run";
    throw new RefusalError("action_not_allowed", message);
  }
  const session =
    trace === undefined
      ? ownSession(readOwnerId(textOf(reading, "sessionId"), "sessionId", note), context)
      : undefined;
  if (session !== undefined) refuseForeignSession(context);
  if ((trace ?? session ?? datasetRunId) === undefined) {
    throw wrong("body: must name a traceId, a sessionId or a datasetRunId");
  }
  const name = readName(textOf(reading, "name"), note);
  if (name === undefined) throw wrong("body.name: is missing");
  const observation = trace && idIn(reading, "observationId");
  const given = idIn(reading, "id");
  const id =
    given === undefined ? ownMadeId(derivedFrom(eventId), context) : ownId(given, "id", context);
  const kept = omitUndefined({
    id,
    traceId: trace?.langfuse,
    observationId: trace && observation && observationNamed(trace.langfuse, observation),
    sessionId: session,
    datasetRunId,
    name,
    ...valueOf(reading),
    comment: readText(textOf(reading, "comment"), "comment", note),
    metadata: metadataOf(reading),
    configId: idIn(reading, "configId"),
    queueId: idIn(reading, "queueId"),
    source: sourceOf(body["source"]),
    environment: environmentOf(reading) ?? context.environment,
  });
  return {
    score: {
      kind: "score",
      trace: trace?.langfuse ?? "",
      id,
      body: JSON.stringify(kept),
      legacy: true,
      ...omitUndefined({ rawTrace: trace?.raw }),
    },
    ...omitUndefined({ elsewhere: session ?? datasetRunId }),
  };
}

/** Value and data type as they fit each other. Go's clients leave a 0 out. */
function valueOf(reading: Reading): { value: number | string; dataType?: string } {
  const { body } = reading;
  const given = body["value"];
  const dataType = textOf(reading, "dataType")?.toUpperCase() ?? typeOfValue(given);
  if (dataType !== undefined && !TEXT_TYPES.has(dataType) && !NUMBER_TYPES.has(dataType)) {
    throw wrong("body.dataType: is none of Langfuse's");
  }
  const isText = dataType !== undefined && TEXT_TYPES.has(dataType);
  const value = isText ? textValue(given) : numberValue(given, dataType);
  const kept = typeof value === "string" ? readText(value, "value", reading.note) : value;
  if (kept === undefined)
    throw wrong("body.value: must be text or a number that fits the dataType");
  if (dataType === "BOOLEAN" && kept !== 0 && kept !== 1) throw wrong("body.value: must be 0 or 1");
  return { value: kept, ...omitUndefined({ dataType }) };
}

const typeOfValue = (value: unknown): string | undefined =>
  typeof value === "boolean" ? "BOOLEAN" : undefined;

function textValue(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "boolean" || typeof value === "number" ? String(value) : undefined;
}

/** Without a data type text is a value as well. */
function numberValue(value: unknown, dataType: string | undefined): number | string | undefined {
  if (value === undefined || value === null) return 0;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return undefined;
  if (dataType === undefined) return value;
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function metadataOf({ body, note }: Reading): unknown {
  const given = body["metadata"];
  return given === null || given === undefined ? undefined : safeJson(given, "metadata", note);
}

function sourceOf(source: unknown): string | undefined {
  return source === "ANNOTATION" || source === "EVAL" ? source : undefined;
}

function wrong(message: string): RefusalError {
  return new RefusalError("invalid_data", message);
}
