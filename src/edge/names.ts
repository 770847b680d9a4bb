// Which trace an action names, and what to say where it names none. Pure.
import { langfuseTraceId } from "../protocol/ids.ts";
import { readText } from "./read-values.ts";
import type { Reading } from "./reading.ts";
import { Refused } from "./refused.ts";

/** An id as its client wrote it, and as Langfuse has it. */
export interface Name {
  given: string;
  langfuse: string;
}

export function traceName(
  id: string | undefined,
  { traceIdFormat, note }: Pick<Reading, "traceIdFormat" | "note">,
): Name | undefined {
  const given = readText(id, "traceId", note);
  if (given === undefined) return undefined;
  return { given, langfuse: langfuseTraceId(given, traceIdFormat) };
}

/** The client's own id, where Langfuse's is another. */
export function rawOf({ given, langfuse }: Name): string | undefined {
  return given === langfuse ? undefined : given;
}

/** The refusal of an action that has to name a trace and does not. */
export function tracelessness(reading: Reading): Refused {
  const session = reading.envelope.sessionId ?? reading.data["sessionId"];
  return session === undefined || session === null || session === ""
    ? new Refused(
        "session_or_trace_required",
        `${reading.wire.action}: names neither a session nor a trace`,
        "data.traceId",
      )
    : new Refused(
        "trace_required",
        `${reading.wire.action}: needs the traceId that it belongs to`,
        "data.traceId",
      );
}
