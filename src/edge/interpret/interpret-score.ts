// create_score: a score body as Langfuse takes it, complete and with an id (without one Langfuse
// answers 201 and keeps nothing). Pure.
import type { ScoreChange } from "../../protocol/change.ts";
import { langfuseObservationId } from "../../protocol/ids.ts";
import { safeJson } from "../../protocol/json/safe.ts";
import { isObject, scoreData } from "../../protocol/wire.ts";
import type * as z from "zod";
import { derivedScoreId, repeatKeyOf } from "./repeat-key.ts";
import type { AcceptedAction } from "./interpreted.ts";
import { rawOf, missingTrace, traceName } from "./trace-name.ts";
import { ownId, ownMadeId, ownSession, refuseForeignSession } from "./bound.ts";
import { parseData } from "../fields/parse-data.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { readEnvironment, readName, readOwnerId, readText } from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";
import { RefusalError } from "../fields/refusal-error.ts";

const DATA_TYPES = ["NUMERIC", "CATEGORICAL", "BOOLEAN", "CORRECTION", "TEXT"] as const;
type DataType = (typeof DATA_TYPES)[number];
type ScoreData = z.output<typeof scoreData>;

export function interpretScore(context: ActionContext): AcceptedAction {
  const { note } = context;
  const data = parseData(scoreData, context.data);
  const trace = traceName(data.traceId, context);
  // Langfuse takes exactly one of trace and session.
  const named = ownSession(readOwnerId(data.sessionId, "sessionId", note), context);
  const session = trace === undefined ? (named ?? context.envelope.sessionId) : undefined;
  if (trace === undefined && session === undefined) throw missingTrace(context);
  if (session !== undefined) refuseForeignSession(context);
  const observation = readText(data.observationId, "observationId", note);
  if (observation !== undefined && trace === undefined) {
    const message = "observationId: needs the traceId that it belongs to";
    throw new RefusalError("trace_required", message, "data.traceId");
  }
  const name = readName(data.name, note);
  if (name === undefined) throw new RefusalError("invalid_data", "name: is missing", "data.name");

  const given = readText(data.id ?? data.scoreId, "id", note);
  const repeatKey = given === undefined ? repeatKeyOf(context, trace?.langfuse) : undefined;
  // Langfuse knows a score by its id alone: in another's namespace it would replace another's.
  const id =
    repeatKey === undefined
      ? ownId(given ?? "", "id", context)
      : ownMadeId(derivedScoreId(repeatKey), context);
  const body = omitUndefined({
    id,
    traceId: trace?.langfuse,
    observationId:
      trace && observation ? langfuseObservationId(trace.langfuse, observation) : undefined,
    sessionId: session,
    name,
    ...readScoreValue(data, context),
    comment: readText(data.comment, "comment", note),
    metadata: data.metadata === null ? undefined : metadataOf(data, context),
    configId: readText(data.configId, "configId", note),
    environment: readEnvironment(data.environment) ?? context.environment,
  });
  return {
    kind: "action",
    action: {
      change: {
        kind: "score",
        trace: trace?.langfuse ?? "",
        id,
        body: JSON.stringify(body),
        ...omitUndefined({ rawTrace: trace && rawOf(trace) }),
      },
      ...omitUndefined({ id: repeatKey?.actionId }),
    },
    ids: omitUndefined({ traceId: trace?.given, scoreId: id, langfuseTraceId: trace?.langfuse }),
    ...omitUndefined({ session }),
  };
}

/** The score with its notes where people see them: in its metadata, unless that is no object. */
export function notedScore(score: ScoreChange, notes: readonly string[]): ScoreChange {
  const body = JSON.parse(score.body) as { metadata?: unknown };
  const { metadata = {} } = body;
  if (!isObject(metadata)) return score;
  const noted = { langfuse_edge_notes: notes, ...metadata };
  return { ...score, body: JSON.stringify({ ...body, metadata: noted }) };
}

function metadataOf(data: ScoreData, { note }: ActionContext): unknown {
  return data.metadata === undefined ? undefined : safeJson(data.metadata, "metadata", note);
}

/** Value and data type, as Langfuse wants them to fit each other. */
function readScoreValue(
  data: ScoreData,
  { note }: ActionContext,
): { value: number | string; dataType?: DataType } {
  const dataType = readDataType(data.dataType);
  const type = dataType ?? (typeof data.value === "boolean" ? "BOOLEAN" : undefined);
  const plain = typeof data.value === "boolean" ? Number(data.value) : data.value;
  const value =
    typeof data.value === "boolean" && isText(type)
      ? String(data.value)
      : typeof plain === "string"
        ? readText(plain, "value", note)
        : plain;
  if (value === undefined)
    throw new RefusalError("invalid_data", "value: is missing", "data.value");
  if (type !== undefined && !fits(value, type)) {
    throw new RefusalError("invalid_data", `value: does not fit dataType ${type}`, "data.value");
  }
  return { value, ...omitUndefined({ dataType: type }) };
}

function fits(value: number | string, type: DataType): boolean {
  if (isText(type)) return typeof value === "string";
  return typeof value === "number" && (type === "NUMERIC" || value === 0 || value === 1);
}

function isText(type: DataType | undefined): boolean {
  return type === "CATEGORICAL" || type === "CORRECTION" || type === "TEXT";
}

function readDataType(value: unknown): DataType | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const name = typeof value === "string" ? value.toUpperCase() : "";
  const type = DATA_TYPES.find((one) => one === name);
  if (type !== undefined) return type;
  const message = `dataType: must be one of ${DATA_TYPES.join(", ")}`;
  throw new RefusalError("invalid_data", message, "data.dataType");
}
