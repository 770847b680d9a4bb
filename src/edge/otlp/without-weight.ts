// How many traces a sampled one stands for is the edge's to say: a span's own word for it is left out, as an attribute
// of its own and within metadata that is one object. Pure.
import { WEIGHT_KEY } from "../../protocol/figures/score-labels.ts";
import type { SpanAttributes } from "./span-attributes.ts";

const HOLDERS = ["langfuse.trace.metadata", "langfuse.observation.metadata"];

/** True where there was any. */
export function leaveOutWeight(attributes: SpanAttributes): boolean {
  let isForged = false;
  for (const holder of HOLDERS) {
    if (attributes.delete(`${holder}.${WEIGHT_KEY}`)) isForged = true;
    const text = attributes.text(holder);
    const clean = text === undefined ? undefined : withoutWeight(text);
    if (clean === undefined) continue;
    attributes.set(holder, clean);
    isForged = true;
  }
  return isForged;
}

/** Undefined for text that has none, which stays as it is: to write it anew would round its numbers. */
function withoutWeight(text: string): string | undefined {
  // A key may be written with escapes.
  if (!text.includes(WEIGHT_KEY) && !text.includes("\\u")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, WEIGHT_KEY)) {
      return undefined;
    }
    return JSON.stringify({ ...value, [WEIGHT_KEY]: undefined });
  } catch {
    return undefined;
  }
}
