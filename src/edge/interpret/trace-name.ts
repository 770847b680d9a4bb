// Which trace an action names, and what to say where it names none. Pure.
import { langfuseTraceId } from "../../protocol/ids.ts";
import { ownId } from "./bound.ts";
import { readText } from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";
import { Refused } from "./refused.ts";

/** An id as its client has to write it, and as Langfuse has it. */
export interface Name {
  given: string;
  langfuse: string;
}

export function traceName(
  id: string | undefined,
  reading: Pick<ActionContext, "traceIdFormat" | "bound" | "note">,
): Name | undefined {
  const text = readText(id, "traceId", reading.note);
  if (text === undefined) return undefined;
  const given = ownId(text, "traceId", reading);
  return { given, langfuse: langfuseTraceId(given, reading.traceIdFormat) };
}

/** The client's own id, where Langfuse's is another. */
export function rawOf({ given, langfuse }: Name): string | undefined {
  return given === langfuse ? undefined : given;
}

/** The refusal of an action that has to name a trace and does not. */
export function missingTrace(reading: ActionContext): Refused {
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
