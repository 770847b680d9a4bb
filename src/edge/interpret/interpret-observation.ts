// Spans, generations, events and typed observations: changes of one observation. Pure.
import { type Change, OBSERVATION_TYPES, type ObservationType } from "../../protocol/change.ts";
import {
  langfuseObservationId,
  rootObservationId,
  traceparent,
  traceRecordId,
} from "../../protocol/ids.ts";
import { observationData, type ObservationData } from "../../protocol/wire.ts";
import { derivedObservationId, type RepeatKey, repeatKeyOf } from "./repeat-key.ts";
import type { AcceptedAction, ObservationIdName } from "./interpreted.ts";
import { type Name, rawOf, missingTrace, traceName } from "./trace-name.ts";
import { parseData } from "../fields/parse-data.ts";
import { omitUndefined, omitUndefinedOrNone } from "../omit-undefined.ts";
import { readMetadata } from "../fields/read-metadata.ts";
import { readModelParameters } from "../fields/read-model-parameters.ts";
import {
  readEnvironment,
  readLevel,
  readName,
  readLabel,
  readText,
  readTime,
  readValue,
} from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";
import { RefusalError } from "../fields/refusal-error.ts";
import { readUsage } from "../fields/usage.ts";

export interface ObservationAction {
  op: Change["op"];
  /** The field in which the action names its observation. */
  idName: ObservationIdName;
  /** The type that a create makes; `named`: the one that its data names. */
  type?: ObservationType | "named";
}

export function interpretObservation(
  what: ObservationAction,
  context: ActionContext,
): AcceptedAction {
  const { note } = context;
  const data = parseData(observationData, context.data);
  const trace = traceName(data.traceId, context);
  if (trace === undefined) throw missingTrace(context);
  const type = what.type === "named" ? readType(data.type) : what.type;
  const { name: target, repeatKey } = targetOf(what, data, trace.langfuse, context);
  const reserved = [rootObservationId(trace.langfuse), traceRecordId(trace.langfuse)];
  if (reserved.includes(target.langfuse)) {
    throw new RefusalError(
      "id_reserved",
      `${what.idName}: this id is that of the trace's root; use the trace actions`,
      `data.${what.idName}`,
    );
  }
  const parent = parentOf(data, trace.langfuse, context);
  if (parent === target.langfuse) {
    throw new RefusalError(
      "invalid_data",
      "parentObservationId: an observation can't be its own parent",
      "data.parentObservationId",
    );
  }
  const change: Change = {
    kind: "change",
    op: what.op,
    trace: trace.langfuse,
    target: target.langfuse,
    ...omitUndefined({
      rawTrace: rawOf(trace),
      rawTarget: rawOf(target),
      type,
      parent,
      fields: fieldsOf(what.op, type, data, context),
      traceFields: omitUndefinedOrNone({
        environment: readEnvironment(data.environment),
        // Where the trace itself was begun elsewhere, say by a backend.
        userId: what.op === "create" ? context.bound?.userId : undefined,
      }),
      metadata: readMetadata(data.metadata, note),
    }),
  };
  return {
    kind: "action",
    action: { change, ...omitUndefined({ id: repeatKey?.actionId }) },
    ids: {
      traceId: trace.given,
      [what.idName]: target.given,
      langfuseTraceId: trace.langfuse,
      ...omitUndefined({ traceparent: traceparent(trace.langfuse, target.langfuse) }),
    },
  };
}

function fieldsOf(
  op: Change["op"],
  type: ObservationType | undefined,
  data: ObservationData,
  context: ActionContext,
): Change["fields"] {
  const { note } = context;
  const timestamp = op === "create" ? readTime(data.timestamp, "timestamp", context) : undefined;
  const endTime = readTime(data.endTime, "endTime", context);
  return omitUndefinedOrNone({
    name: readName(data.name, note),
    startTime: readTime(data.startTime, "startTime", context) ?? timestamp,
    // An event is a moment.
    endTime: type === "event" ? undefined : endTime,
    input: readValue(data.input, "input", note),
    output: readValue(data.output, "output", note),
    level: readLevel(data.level),
    statusMessage: readValue(data.statusMessage, "statusMessage", note),
    version: readLabel(data.version, "version", note),
    model: readText(data.model, "model", note),
    modelParameters: readModelParameters(data.modelParameters, note),
    ...readUsage(data, note),
    completionStartTime: readTime(data.completionStartTime, "completionStartTime", context),
    promptName: readText(data.promptName, "promptName", note),
    promptVersion: readPromptVersion(data.promptVersion),
  });
}

function targetOf(
  what: ObservationAction,
  data: ObservationData,
  trace: string,
  context: ActionContext,
): { name: Name; repeatKey?: RepeatKey } {
  const named =
    data[what.idName] ??
    data.observationId ??
    data.spanId ??
    data.generationId ??
    data.eventId ??
    data.id;
  const given = readText(named, what.idName, context.note);
  if (given !== undefined)
    return { name: { given, langfuse: langfuseObservationId(trace, given) } };
  if (what.op !== "create") {
    const path = `data.${what.idName}`;
    throw new RefusalError("invalid_data", `${what.idName}: says which one, and is missing`, path);
  }
  const repeatKey = repeatKeyOf(context, trace);
  const id = derivedObservationId(trace, repeatKey);
  return { name: { given: id, langfuse: id }, repeatKey };
}

function parentOf(
  data: ObservationData,
  trace: string,
  context: ActionContext,
): string | undefined {
  const parent = readText(
    data.parentObservationId ?? data.parentSpanId,
    "parentObservationId",
    context.note,
  );
  return parent === undefined ? undefined : langfuseObservationId(trace, parent);
}

/** Langfuse keeps it in two bytes. */
const MAX_PROMPT_VERSION = 65_535;

function readPromptVersion(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,5}$/.test(value) && Number(value) <= MAX_PROMPT_VERSION) return Number(value);
  const message = `promptVersion: must be a whole number of at most ${MAX_PROMPT_VERSION}`;
  throw new RefusalError("invalid_data", message, "data.promptVersion");
}

function readType(value: unknown): ObservationType {
  const name = typeof value === "string" ? value.toLowerCase() : "";
  const type = OBSERVATION_TYPES.find((one) => one === name);
  if (type !== undefined) return type;
  const message = `type: must be one of ${OBSERVATION_TYPES.join(", ")}`;
  throw new RefusalError("invalid_data", message, "data.type");
}
