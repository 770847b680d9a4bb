// An exporter of spans, and the edge that it sends to.
import type { CompleteSpan } from "../../../../src/protocol/session/append-calls.ts";
import { exportOf } from "../../../support/arbitrary-spans.ts";
import { BASIC, edgeUnderTest, KEYS } from "../edge-under-test.ts";

export const PATH = "/api/public/otel/v1/traces";
export const JSON_TYPE = "application/json";
export const PROTOBUF = "application/x-protobuf";
export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const SPAN = {
  traceId: TRACE,
  spanId: "b7ad6b7169203331",
  name: "chat",
  kind: 1,
  startTimeUnixNano: "1795348800000000000",
  endTimeUnixNano: "1795348801000000000",
  attributes: [],
  status: { code: 0 },
};
export const attributes = (given: Record<string, string>) =>
  Object.entries(given).map(([key, stringValue]) => ({ key, value: { stringValue } }));
export const named = (id: string, given: Record<string, string> = {}, more: object = {}) => ({
  ...SPAN,
  spanId: /^\d+$/.test(id) ? id.padStart(16, "0") : id,
  attributes: attributes(given),
  ...more,
});

/** For pages with the public key alone. */
const COUNTER = { limit: async () => ({ success: true }) };
export const OPEN = {
  ...KEYS,
  AUTH: "key",
  ALLOWED_ORIGINS: "https://app.example.com",
  LIMIT_OWNER: COUNTER,
  LIMIT_ADDRESS: COUNTER,
  LIMIT_NEW: COUNTER,
};

type Options = Parameters<typeof edgeUnderTest>[0];

export function exporter(options: Options = { open: false }) {
  const edge = edgeUnderTest(options);
  const send = async (
    body: BodyInit,
    headers: Record<string, string> = {},
    path = PATH,
  ): Promise<{ status: number; body: unknown; type: string | null; headers: Headers }> => {
    const response = await edge.app.request(path, {
      method: "POST",
      headers: { authorization: BASIC, "content-type": JSON_TYPE, ...headers },
      body,
    });
    const type = response.headers.get("content-type");
    const bytes = new Uint8Array(await response.arrayBuffer());
    const read =
      type === PROTOBUF ? bytes : (JSON.parse(new TextDecoder().decode(bytes)) as object);
    return { status: response.status, body: read, type, headers: response.headers };
  };
  const post = (spans: readonly unknown[], headers?: Record<string, string>) =>
    send(JSON.stringify(exportOf(spans as object[])), headers);
  return { ...edge, send, post };
}

export const items = ({ appends }: ReturnType<typeof exporter>): CompleteSpan[] =>
  appends.flatMap(({ request }) => request.spans?.items ?? []);
export const sent = (edge: ReturnType<typeof exporter>): Record<string, unknown>[] =>
  items(edge).map(({ span }) => JSON.parse(span) as Record<string, unknown>);
