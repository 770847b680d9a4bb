// The trace headers and body fields by which a backend joins a turn.
import { baggage, traceparent } from "../trace/ids.ts";
import { shortId } from "../trace/short-id.ts";
import type { TraceHandle } from "../trace/proxy.ts";
import type { OpenTurn } from "./open-turn.ts";
import { mayPropagate } from "./propagation.ts";
import type { TurnOptions } from "./turn-options.ts";

/** `parentId`: the id of the span of the request that is next. `labels`: more for the baggage. */
export function createJoining(
  options: TurnOptions,
  trace: TraceHandle,
  parentId: () => string,
  labels: Record<string, string | undefined>,
) {
  const { client, assistantName = "Assistant" } = options;
  const joining: OpenTurn["joining"] = () => {
    const { tag, sessionId = "", userId = "" } = client.who();
    // An id that is not complete yet would lead the backend into a trace that nobody has.
    if (tag === undefined) return undefined;
    return {
      session: shortId(options.sessionId ?? sessionId),
      user: shortId(options.userId ?? userId),
    };
  };
  return {
    headers: (url: string): Record<string, string> => {
      const joined = joining();
      if (!joined || !mayPropagate(url, options.propagateTo)) return {};
      // Each look at a traceparent is a hash, and the chat request waits for it.
      const parent = trace.traceparent;
      const langfuse = parent.split("-")[1] ?? trace.traceId;
      return {
        ...(parent && { traceparent: traceparent(langfuse, parentId()) }),
        "x-langfuse-trace-id": langfuse,
        baggage: baggage({
          langfuse_trace_id: langfuse,
          langfuse_trace_name: assistantName,
          langfuse_session_id: joined.session,
          langfuse_user_id: options.propagateUser ? joined.user : undefined,
          ...labels,
        }),
      };
    },
    joining,
  };
}
