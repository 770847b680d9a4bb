// A complete span as `beforeStore` sees it, and the span that it made of it. Pure. The session stays: the span's
// object was chosen by it.
import type { Span } from "../otlp/types.ts";
import { MAX_SPAN_LENGTH } from "../protocol/limits.ts";
import type { CompleteSpan } from "../protocol/session/append-calls.ts";
import { attributeList, nameText, plainAttributes } from "./plain-attributes.ts";
import type { SpanItem } from "./types.ts";

const SESSION = ["session.id", "langfuse.session.id"];

export function spanItem({ traceId, id, parentId, name, span }: CompleteSpan): SpanItem {
  const { attributes } = JSON.parse(span) as Span;
  return {
    kind: "span",
    traceId,
    id,
    ...(parentId !== undefined && { parentId }),
    name,
    attributes: plainAttributes(attributes),
  };
}

/** @throws TypeError where the span would be longer than any that is taken */
export function spanOf(given: CompleteSpan, { name, attributes }: SpanItem): CompleteSpan {
  const own = nameText(name);
  const span = changedSpan(given.span, own, attributes, SESSION);
  return { ...given, name: own, span };
}

/** @param fixed attributes that stay as they are */
export function changedSpan(
  text: string,
  name: string,
  attributes: object,
  fixed: readonly string[] = [],
): string {
  const span = JSON.parse(text) as Span;
  const list = attributeList(span.attributes, attributes).filter(({ key }) => !fixed.includes(key));
  const kept = span.attributes.filter(({ key }) => fixed.includes(key));
  const written = JSON.stringify({ ...span, name, attributes: [...list, ...kept] });
  if (written.length > MAX_SPAN_LENGTH) throw new TypeError("the span is too long");
  return written;
}

/** Nothing of it is left but what tells a repeat from news. */
export function droppedSpan(
  { traceId, id, startTime, origin }: CompleteSpan,
  drop: string,
): CompleteSpan {
  return { traceId, id, startTime, origin, drop, name: "", span: "{}" };
}
