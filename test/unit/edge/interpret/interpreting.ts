import type { Action, Change, ScoreChange } from "../../../../src/protocol/change.ts";
import type { ActionRefusal } from "../../../../src/protocol/refusals.ts";
import { interpret } from "../../../../src/edge/interpret/interpret.ts";
import type { Interpreted, AcceptedAction } from "../../../../src/edge/interpret/interpreted.ts";
import type { Envelope, InterpretContext } from "../../../../src/edge/interpret/context.ts";

export const NOW = Date.parse("2026-11-22T12:00:00Z");
export const SURROUNDINGS: InterpretContext = { traceIdFormat: "derived", now: NOW };

type Data = Record<string, unknown>;

export function interpretOne(
  action: string,
  data?: Data,
  more: { wire?: Data; envelope?: Envelope; surroundings?: Partial<InterpretContext> } = {},
): Interpreted {
  const wire = { action, ...(data && { data }), ...more.wire };
  return interpret(wire, more.envelope ?? {}, { ...SURROUNDINGS, ...more.surroundings });
}

export function kept(item: Interpreted): AcceptedAction {
  if (item.kind !== "action") throw new Error(`not kept: ${JSON.stringify(item)}`);
  return item;
}

export function refusal(item: Interpreted): ActionRefusal {
  if (item.kind !== "refused") throw new Error(`not refused: ${JSON.stringify(item)}`);
  return item.refusal;
}

export function changeOf(item: Interpreted): Change {
  const { change } = kept(item).action;
  if (change.kind !== "change") throw new Error("a score");
  return change;
}

export function scoreOf(item: Interpreted): ScoreChange & { parsed: Data } {
  const { change } = kept(item).action;
  if (change.kind !== "score") throw new Error("not a score");
  return { ...change, parsed: JSON.parse(change.body) as Data };
}

export function actionOf(item: Interpreted): Action {
  return kept(item).action;
}
