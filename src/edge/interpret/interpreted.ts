import type { Action } from "../../protocol/change.ts";
import type { ActionRefusal } from "../../protocol/refusals.ts";

/** The ids that an answer gives of a kept action, in the order of the contract. */
export interface AnswerIds {
  /** As the client gave it. */
  traceId?: string;
  spanId?: string;
  generationId?: string;
  eventId?: string;
  observationId?: string;
  scoreId?: string;
  langfuseTraceId?: string;
  traceparent?: string;
}
export type ObservationIdName = "spanId" | "generationId" | "eventId" | "observationId";

/** The action that goes into a session, and the ids to answer when it is kept. */
export interface AcceptedAction {
  kind: "action";
  action: Action;
  ids: AnswerIds;
  /** The session of a score that names no trace. */
  session?: string;
  /** The lane of a legacy server's event. */
  lane?: string;
}

export interface FlushOrder {
  kind: "flush";
  deliver: boolean;
  sessionId?: string;
  /** Langfuse trace id. */
  trace?: string;
}

export interface RefusedAction {
  kind: "refused";
  refusal: ActionRefusal;
}

/** One action of a request, understood. `id` is the client's. */
export type Interpreted = (AcceptedAction | FlushOrder | RefusedAction) & { id?: string };
