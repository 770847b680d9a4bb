// create_trace, update_trace, end_trace: changes of the root observation that a trace becomes. Pure.
import type { Change } from "../../protocol/change.ts";
import { COUNTRY_KEY } from "../../protocol/figures/dimensions.ts";
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

export function interpretTrace(op: Change["op"], context: ActionContext): AcceptedAction {
  const { note } = context;
  const data = parseData(traceData, context.data);
  if (op === "create") context.traceNotes?.forEach(note);
  const sessionId = ownSession(readOwnerId(data.sessionId, "sessionId", note), context);
  const named = traceName(data.traceId ?? data.id, context);
  const hasSession = sessionId !== undefined || context.envelope.sessionId !== undefined;
  if (named === undefined && (op !== "create" || !hasSession)) throw missingTrace(context);
  const { name: trace, repeatKey } = named === undefined ? makeTrace(context) : { name: named };

  // Langfuse's `timestamp` is when a trace began; on an end it would be read the other way round.
  const began = op === "end" ? undefined : readTime(data.timestamp, "timestamp", context);
  const fields = omitUndefinedOrNone({
    startTime: readTime(data.startTime, "startTime", context) ?? began,
    endTime: readTime(data.endTime, "endTime", context),
    input: readValue(data.input, "input", note),
    output: readValue(data.output, "output", note),
    level: readLevel(data.level),
    statusMessage: readValue(data.statusMessage, "statusMessage", note),
  });
  const traceFields = omitUndefinedOrNone({
    name: readName(data.name, note),
    sessionId,
    userId: ownUser(readOwnerId(data.userId, "userId", note), context),
    release: readLabel(data.release, "release", note),
    version: readLabel(data.version, "version", note),
    environment: readEnvironment(data.environment),
    public: readPublic(data.public ?? undefined, context),
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
      metadata: withCountry(op, readMetadata(data.metadata, note), context),
      tags: readTags(data.tags, note),
    }),
  };
  return {
    kind: "action",
    action: { change, ...omitUndefined({ id: repeatKey?.actionId }) },
    ids: {
      traceId: trace.given,
      langfuseTraceId: trace.langfuse,
      ...omitUndefined({ traceparent: traceparent(trace.langfuse, target) }),
    },
  };
}

/** A client that says a country itself knows better. */
function withCountry(
  op: Change["op"],
  metadata: Change["metadata"],
  { country }: ActionContext,
): Change["metadata"] {
  if (op !== "create" || country === undefined) return metadata;
  if (metadata?.some(([key]) => key === COUNTRY_KEY)) return metadata;
  return [...(metadata ?? []), [COUNTRY_KEY, country]];
}

function readPublic(
  given: boolean | undefined,
  { bound, note }: ActionContext,
): boolean | undefined {
  if (given !== true || bound?.fromPage !== true) return given;
  note("public: only a server makes a trace public, left out");
  return undefined;
}

function makeTrace(context: ActionContext): { name: Name; repeatKey?: RepeatKey } {
  const repeatKey = repeatKeyOf(context);
  const given = ownId(derivedTraceId(context, repeatKey), "traceId", context);
  return { name: { given, langfuse: langfuseTraceId(given, context.traceIdFormat) }, repeatKey };
}
