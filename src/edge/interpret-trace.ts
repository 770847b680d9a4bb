// create_trace, update_trace, end_trace: changes of the root observation that a trace becomes. Pure.
import type { Change } from "../protocol/change.ts";
import { langfuseTraceId, rootObservationId, traceparent } from "../protocol/ids.ts";
import { traceData } from "../protocol/wire.ts";
import { derivedTraceId, type Identity, identityOf } from "./identify.ts";
import type { Kept } from "./interpreted.ts";
import { type Name, rawOf, tracelessness, traceName } from "./names.ts";
import { ownId, ownSession, ownUser } from "./bound.ts";
import { parseData } from "./parse-data.ts";
import { present, presentOrNone } from "./present.ts";
import { readMetadata } from "./read-metadata.ts";
import {
  readEnvironment,
  readLevel,
  readName,
  readTags,
  readLabel,
  readOwnerId,
  readTime,
  readValue,
} from "./read-values.ts";
import type { Reading } from "./reading.ts";

export function interpretTrace(op: Change["op"], reading: Reading): Kept {
  const { note } = reading;
  const data = parseData(traceData, reading.data);
  if (op === "create") reading.traceNotes?.forEach(note);
  const sessionId = ownSession(readOwnerId(data.sessionId, "sessionId", note), reading);
  const named = traceName(data.traceId ?? data.id, reading);
  const hasSession = sessionId !== undefined || reading.envelope.sessionId !== undefined;
  if (named === undefined && (op !== "create" || !hasSession)) throw tracelessness(reading);
  const { name: trace, identity } = named === undefined ? makeTrace(reading) : { name: named };

  // Langfuse's `timestamp` is when a trace began; on an end it would be read the other way round.
  const began = op === "end" ? undefined : readTime(data.timestamp, "timestamp", reading);
  const fields = presentOrNone({
    startTime: readTime(data.startTime, "startTime", reading) ?? began,
    endTime: readTime(data.endTime, "endTime", reading),
    input: readValue(data.input, "input", note),
    output: readValue(data.output, "output", note),
    level: readLevel(data.level),
    statusMessage: readValue(data.statusMessage, "statusMessage", note),
  });
  const traceFields = presentOrNone({
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
    ...present({
      rawTrace: rawOf(trace),
      fields,
      traceFields,
      metadata: readMetadata(data.metadata, note),
      tags: readTags(data.tags, note),
    }),
  };
  return {
    kind: "action",
    action: { change, ...present({ id: identity?.actionId }) },
    ids: {
      traceId: trace.given,
      langfuseTraceId: trace.langfuse,
      ...present({ traceparent: traceparent(trace.langfuse, target) }),
    },
  };
}

function readPublic(given: boolean | undefined, { bound, note }: Reading): boolean | undefined {
  if (given !== true || bound?.fromPage !== true) return given;
  note("public: only a server makes a trace public, left out");
  return undefined;
}

function makeTrace(reading: Reading): { name: Name; identity?: Identity } {
  const identity = identityOf(reading);
  const given = ownId(derivedTraceId(reading, identity), "traceId", reading);
  return { name: { given, langfuse: langfuseTraceId(given, reading.traceIdFormat) }, identity };
}
