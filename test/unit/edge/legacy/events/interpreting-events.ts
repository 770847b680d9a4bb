// One event of an older client, and what becomes of it.
import type { Change, ScoreChange } from "../../../../../src/protocol/change.ts";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../../../src/protocol/ids.ts";
import type { LegacyContext } from "../../../../../src/edge/legacy/events/context.ts";
import {
  type InterpretedEvent,
  interpretEvent,
} from "../../../../../src/edge/legacy/events/interpret-event.ts";
import { isRefused, readEvent } from "../../../../../src/edge/legacy/events/read-event.ts";
import { NOW } from "../../interpret/interpreting.ts";

const SERVER: LegacyContext = { traceIdFormat: "derived", now: NOW, writer: "server" };
export type Body = Record<string, unknown>;

export function interpreted(
  type: string,
  body: unknown,
  more: { envelope?: Body; context?: Partial<LegacyContext>; traces?: Body } = {},
): InterpretedEvent {
  const raw = { id: "e-1", type, timestamp: new Date(NOW).toISOString(), body, ...more.envelope };
  const event = readEvent(raw, NOW);
  if (isRefused(event)) return { kind: "refused", refusal: event };
  const traceOf = (id: string) => more.traces?.[id] as string | undefined;
  return interpretEvent(event, { ...SERVER, ...more.context }, traceOf);
}

export function changes(...args: Parameters<typeof interpreted>): (Change | ScoreChange)[] {
  const event = interpreted(...args);
  if (event.kind !== "kept") throw new Error(`not kept: ${JSON.stringify(event)}`);
  return event.items.map(({ action }) => action.change);
}
export function change(...args: Parameters<typeof interpreted>): Change {
  const [only] = changes(...args);
  if (only?.kind !== "change") throw new Error("a score");
  return only;
}
export function score(...args: Parameters<typeof interpreted>): Body {
  const [only] = changes(...args);
  if (only?.kind !== "score") throw new Error("no score");
  return JSON.parse(only.body) as Body;
}
export const refused = (...args: Parameters<typeof interpreted>) => {
  const event = interpreted(...args);
  return event.kind === "refused" ? [event.refusal.status, event.refusal.error] : event.kind;
};

export const T = langfuseTraceId("t");
export const ROOT = rootObservationId(T);
export const idOf = (id: string): string => langfuseObservationId(T, id);
