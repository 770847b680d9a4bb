// Observations of legacy clients: created, and updated until they are sealed. Pure.
import { type Change, OBSERVATION_TYPES, type ObservationType } from "../../../protocol/change.ts";
import { omitUndefined, omitUndefinedOrNone } from "../../omit-undefined.ts";
import { readLabel, readName, readText } from "../../fields/read-values.ts";
import type { LegacyContext } from "./context.ts";
import type { EventKind } from "./event-types.ts";
import {
  environmentOf,
  isWeak,
  levelOf,
  metadataOf,
  modelParametersOf,
  promptVersionOf,
  type Reading,
  textOf,
  timeOf,
  usageOf,
  valueOf,
} from "./fields.ts";
import { idIn, namedObservation, type NamedTrace, observationNamed } from "./ids.ts";

type ObservationKind = Extract<EventKind, { kind: "observation" }>;

/**
 * @param id the client's own
 * @param at of the event, epoch ms
 */
export function readObservation(
  kind: ObservationKind,
  trace: NamedTrace,
  id: string,
  reading: Reading,
  at: number,
  { bound }: LegacyContext,
): Change {
  const created = kind.op === "create";
  const type = created ? typeOf(kind, reading) : undefined;
  const { langfuse: target, raw } = namedObservation(trace.langfuse, id, reading);
  const weak = (["input", "output"] as const).filter((field) => isWeak(reading, field));
  return {
    kind: "change",
    op: kind.op,
    trace: trace.langfuse,
    target,
    legacy: true,
    ...(weak.length > 0 && { weak }),
    ...omitUndefined({
      joined: trace.joined,
      apart: trace.apart,
      rawTrace: trace.raw,
      rawTarget: raw,
      type,
      parent: parentOf(trace.langfuse, target, reading),
      fields: fieldsOf(kind, type, reading, at),
      traceFields: omitUndefinedOrNone({
        environment: environmentOf(reading),
        userId: created ? bound?.userId : undefined,
      }),
      metadata: metadataOf(reading),
    }),
  };
}

function fieldsOf(
  kind: ObservationKind,
  type: ObservationType | undefined,
  reading: Reading,
  at: number,
): Change["fields"] {
  const { note } = reading;
  const startTime = timeOf(reading, "startTime");
  return omitUndefinedOrNone({
    name: readName(textOf(reading, "name"), note),
    startTime: kind.op === "create" ? (startTime ?? at) : startTime,
    // An event is a moment.
    endTime: kind.type === "event" || type === "event" ? undefined : timeOf(reading, "endTime"),
    input: valueOf(reading, "input"),
    output: valueOf(reading, "output"),
    level: levelOf(reading),
    statusMessage: valueOf(reading, "statusMessage"),
    version: readLabel(textOf(reading, "version"), "version", note),
    model: readText(textOf(reading, "model"), "model", note),
    modelParameters: modelParametersOf(reading),
    ...usageOf(reading),
    completionStartTime: timeOf(reading, "completionStartTime"),
    promptName: readText(textOf(reading, "promptName"), "promptName", note),
    promptVersion: promptVersionOf(reading),
  });
}

function parentOf(trace: string, target: string, reading: Reading): string | undefined {
  const given = idIn(reading, "parentObservationId");
  if (given === undefined) return undefined;
  const parent = observationNamed(trace, given);
  if (parent !== target) return parent;
  reading.note("parentObservationId: is its own id; left out");
  return undefined;
}

function typeOf({ type }: ObservationKind, { body, note }: Reading): ObservationType {
  if (type !== "named") return type;
  const given = body["type"];
  const name = typeof given === "string" ? given.toLowerCase() : "";
  const found = OBSERVATION_TYPES.find((one) => one === name);
  if (found === undefined) note("type: is none of Langfuse's; taken for a span");
  return found ?? "span";
}
