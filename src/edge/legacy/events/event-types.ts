// The event types of Langfuse's ingestion API of before v4. Source: `eventTypes` of Langfuse's own schema.
import type { Change, ObservationType } from "../../../protocol/change.ts";
import type { ActionName } from "../../../protocol/wire.ts";

export type EventKind =
  | { kind: "trace" }
  | { kind: "score" }
  /** What a client says of itself. */
  | { kind: "log" }
  /** `named`: of the type that its body names. */
  | { kind: "observation"; op: Change["op"]; type: ObservationType | "named" };

const create = (type: ObservationType | "named"): EventKind => ({
  kind: "observation",
  op: "create",
  type,
});
const update = (type: ObservationType | "named"): EventKind => ({
  kind: "observation",
  op: "update",
  type,
});

export const EVENT_KINDS = {
  "trace-create": { kind: "trace" },
  "span-create": create("span"),
  "span-update": update("span"),
  "generation-create": create("generation"),
  "generation-update": update("generation"),
  "event-create": create("event"),
  "event-update": update("event"),
  "agent-create": create("agent"),
  "tool-create": create("tool"),
  "chain-create": create("chain"),
  "retriever-create": create("retriever"),
  "evaluator-create": create("evaluator"),
  "embedding-create": create("embedding"),
  "guardrail-create": create("guardrail"),
  "observation-create": create("named"),
  "observation-update": update("named"),
  "score-create": { kind: "score" },
  "sdk-log": { kind: "log" },
} as const satisfies Readonly<Record<string, EventKind>>;
export type EventType = keyof typeof EVENT_KINDS;

export function isEventType(type: unknown): type is EventType {
  return typeof type === "string" && Object.hasOwn(EVENT_KINDS, type);
}

/** The action of ours that an event comes to: a token may name those that it allows. */
export function actionOf(kind: Exclude<EventKind, { kind: "log" }>): ActionName {
  if (kind.kind === "trace") return "create_trace";
  if (kind.kind === "score") return "create_score";
  const { op, type } = kind;
  if (op === "create" && type === "event") return "create_event";
  const name = type === "span" || type === "generation" ? type : undefined;
  if (op === "create") return name === undefined ? "create_observation" : `create_${name}`;
  return name === "generation" ? "update_generation" : "update_span";
}
