import { attributesOf, type WireSpan } from "./recording-langfuse.ts";

/** What Langfuse takes for roots: spans without a parent, and those that say they are one. */
export function rootsOf(spans: readonly WireSpan[]): string[] {
  return spans
    .filter(
      (span) =>
        (span.parentSpanId ?? "") === "" ||
        attributesOf(span)["langfuse.internal.is_app_root"] === true,
    )
    .map(({ name }) => name);
}

/** The name of each span's parent, by the span's name; spans of other traces hang in the air. */
export function treeOf(spans: readonly WireSpan[]): Record<string, string | undefined> {
  return Object.fromEntries(
    spans.map(({ name, traceId, parentSpanId }) => {
      if ((parentSpanId ?? "") === "") return [name, undefined];
      const parent = spans.find((one) => one.traceId === traceId && one.spanId === parentSpanId);
      return [name, parent?.name ?? `unknown ${parentSpanId}`];
    }),
  );
}
