// The words of a turn's end: what its generation, its request and its trace say of it. Pure.
import { beginning } from "./beginning.ts";
import type { Answered } from "../stream/answered.ts";
import type { endingOf } from "./outcome.ts";

export interface Content {
  <T>(value: T): T | undefined;
}

/** `before`: what an earlier end said that was none, taken back here. */
export function endFields(
  { outcome, stack, ...fields }: ReturnType<typeof endingOf>,
  said: Partial<Answered>,
  content: Content,
  {
    latencies,
    progress,
    keepsReasoning,
    before,
  }: {
    latencies: object;
    progress: object;
    keepsReasoning: boolean | undefined;
    before: object | undefined;
  },
) {
  const output = content(said.text);
  const { usage, model, cost: costDetails, finishReason, messageId, unread, reasoning } = said;
  const end = (more?: object) => ({
    ...before,
    ...fields,
    metadata: { ...more, outcome, stack, finishReason, messageId, unread },
  });
  const thoughts = keepsReasoning ? { reasoning: content(reasoning) } : {};
  return {
    generation: { ...end({ ...progress, ...thoughts }), output, usage, costDetails, model },
    call: end(),
    trace: { ...end({ latencies }), output: beginning(output) },
  };
}
