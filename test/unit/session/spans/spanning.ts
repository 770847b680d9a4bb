// Complete spans of one request, as the edge hands them to a session.
import type { AppendRequest, CompleteSpan } from "../../../../src/protocol/session/append-calls.ts";
import { NOW } from "../arbitrary.ts";

export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const ORIGINS = {
  a: { resource: '{"resource":{}}', scope: '{"scope":{"name":"a"}}' },
  b: { resource: "{}", scope: "{}" },
};

export const complete = (
  id: string,
  origin: keyof typeof ORIGINS = "a",
  more: Partial<CompleteSpan> = {},
): CompleteSpan => ({
  traceId: TRACE,
  id,
  name: `span ${id}`,
  startTime: NOW,
  span: JSON.stringify({ traceId: TRACE, spanId: id, name: `span ${id}` }),
  origin,
  ...more,
});

export const spansRequest = (
  items: readonly CompleteSpan[],
  writer: AppendRequest["writer"] = "server",
): AppendRequest & { spans: NonNullable<AppendRequest["spans"]> } => ({
  project: "pk",
  writer,
  actions: [],
  spans: { items: [...items], origins: ORIGINS },
});
