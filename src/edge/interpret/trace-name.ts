// The trace that an action names, or the refusal where it names none. Pure.
import { langfuseTraceId } from "../../protocol/ids.ts";
import { ownId } from "./bound.ts";
import { readText } from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";
import { RefusalError } from "../fields/refusal-error.ts";

/** An id as its client has to write it, and as Langfuse has it. */
export interface Name {
  given: string;
  langfuse: string;
}

export function traceName(
  id: string | undefined,
  context: Pick<ActionContext, "traceIdFormat" | "bound" | "note">,
): Name | undefined {
  const text = readText(id, "traceId", context.note);
  if (text === undefined) return undefined;
  const given = ownId(text, "traceId", context);
  return { given, langfuse: langfuseTraceId(given, context.traceIdFormat) };
}

/** The client's own id, where Langfuse's is another. */
export function rawOf({ given, langfuse }: Name): string | undefined {
  return given === langfuse ? undefined : given;
}

/** The refusal of an action that has to name a trace and does not. */
export function missingTrace(context: ActionContext): RefusalError {
  const session = context.envelope.sessionId ?? context.data["sessionId"];
  return session === undefined || session === null || session === ""
    ? new RefusalError(
        "session_or_trace_required",
        `${context.wire.action}: names neither a session nor a trace`,
        "data.traceId",
      )
    : new RefusalError(
        "trace_required",
        `${context.wire.action}: needs the traceId that it belongs to`,
        "data.traceId",
      );
}
