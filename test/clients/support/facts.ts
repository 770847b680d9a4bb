// What arrived, by the names of the observations: programs give each its own.
import { attributesOf, type WireSpan } from "../../support/recording-langfuse.ts";

/** The name of each observation's parent; undefined of a root's. */
export function treeOf(spans: readonly WireSpan[]): Record<string, string | undefined> {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return Object.fromEntries(
    spans.map(({ name, parentSpanId }) => [
      name,
      parentSpanId === undefined ? undefined : (names.get(parentSpanId) ?? "nothing that arrived"),
    ]),
  );
}

export function factsByName(
  spans: readonly WireSpan[],
): Record<string, Readonly<Record<string, unknown>>> {
  return Object.fromEntries(spans.map((span) => [span.name, attributesOf(span)]));
}
