// create_trace, update_trace, end_trace: changes of the root observation that a trace becomes. Pure.
import type { Change } from "../../protocol/change.ts";
import { langfuseTraceId, rootObservationId, traceparent } from "../../protocol/ids.ts";
import { traceData } from "../../protocol/wire.ts";
import { derivedTraceId, type RepeatKey, repeatKeyOf } from "./repeat-key.ts";
import type { AcceptedAction } from "./interpreted.ts";
import { type Name, rawOf, missingTrace, traceName } from "./trace-name.ts";
import { ownId, ownSession, ownUser } from "./bound.ts";
import { parseData } from "../fields/parse-data.ts";
import { omitUndefined, omitUndefinedOrNone } from "../omit-undefined.ts";
import { readMetadata } from "../fields/read-metadata.ts";
import {
  readEnvironment,
  readLevel,
  readName,
  readTags,
  readLabel,
  readOwnerId,
  readTime,
  readValue,
} from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";

export function interpretTrace(op: Change["op"], reading: ActionContext): AcceptedAction {
  const { note } = reading;
  const data = parseData(traceData, reading.data);
  if (op === "create") reading.traceNotes?.forEach(note);
  const sessionId = ownSession(readOwnerId(data.sessionId, "sessionId", note), reading);
  const named = traceName(data.traceId ?? data.id, reading);
  const hasSession = sessionId !== undefined || reading.envelope.sessionId !== undefined;
  if (named === undefined && (op !== "create" || !hasSession)) throw missingTrace(reading);
  const { name: trace, identity } = named === undefined ? makeTrace(reading) : { name: named };

  // Langfuse's `timestamp` is when a trace began; on an end it would be read the other way round.
  const began = op === "end" ? undefined : readTime(data.timestamp, "timestamp", reading);
  const fields = omitUndefinedOrNone({
    startTime: readTime(data.startTime, "startTime", reading) ?? began,
    endTime: readTime(data.endTime, "endTime", reading),
    input: readValue(data.input, "input", note),
    output: readValue(data.output, "output", note),
    level: readLevel(data.level),
    statusMessage: readValue(data.statusMessage, "statusMessage", note),
  });
  const traceFields = omitUndefinedOrNone({
    name: readName(data.name, note),
    sessionId,
    userId: ownUser(readOwnerId(data.userId, "userId", note), reading),
    release: readLabel(data.release, "release", note),
    version: readLabel(data.version, "version", note),
    environment: readEnvironment(data.environment),
    public: readPublic(data.public ?? undefined, reading),
  });
  const target = rootObservationId(trace.langfuse);
  const change: Change = {
    kind: "change",
    op,
    trace: trace.langfuse,
    target,
    root: true,
    ...omitUndefined({
      rawTrace: rawOf(trace),
      fields,
      traceFields,
      metadata: readMetadata(data.metadata, note),
      tags: readTags(data.tags, note),
    }),
  };
  return {
    kind: "action",
    action: { change, ...omitUndefined({ id: identity?.actionId }) },
    ids: {
      traceId: trace.given,
      langfuseTraceId: trace.langfuse,
      ...omitUndefined({ traceparent: traceparent(trace.langfuse, target) }),
    },
  };
}

function readPublic(
  given: boolean | undefined,
  { bound, note }: ActionContext,
): boolean | undefined {
  if (given !== true || bound?.fromPage !== true) return given;
  note("public: only a server makes a trace public, left out");
  return undefined;
}

function makeTrace(reading: ActionContext): { name: Name; identity?: RepeatKey } {
  const identity = repeatKeyOf(reading);
  const given = ownId(derivedTraceId(reading, identity), "traceId", reading);
  return { name: { given, langfuse: langfuseTraceId(given, reading.traceIdFormat) }, identity };
}
