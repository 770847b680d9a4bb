// Trace exports that were written to hurt: no 500, no work and no memory out of proportion to the body, and what
// stands beside them is kept. Work is counted, not timed.
import { afterEach, expect, it, vi } from "vitest";
import { readSpans } from "../../../../src/edge/otlp/read-export.ts";
import type { CompleteSpan } from "../../../../src/protocol/session/append-calls.ts";
import { protobufOf } from "../../../support/otlp-protobuf.ts";
import { claims, ENV, signed } from "../access/tokens.ts";
import { BASIC, edgeUnderTest, KEYS } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});
const failures = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => expect(failures).not.toHaveBeenCalled());

const SPAN = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  name: "chat",
  startTimeUnixNano: "1795348800000000000",
  endTimeUnixNano: "1795348801000000000",
};
/** Neither a number nor text can be made of it. */
const HOSTILE = { valueOf: 1, toString: 1 };

async function send(body: unknown, env: Record<string, unknown> = {}, authorization = BASIC) {
  const edge = edgeUnderTest({ open: false, env: { ...KEYS, ...env } });
  const isBytes = body instanceof Uint8Array;
  const response = await edge.app.request("/v1/traces", {
    method: "POST",
    headers: {
      authorization,
      "content-type": isBytes ? "application/x-protobuf" : "application/json",
    },
    body: isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  });
  const spans = edge.appends.flatMap(({ request }) => request.spans?.items ?? []);
  return { status: response.status, text: await response.text(), spans, edge };
}
const exportOf = (spans: unknown[], resource: unknown = {}, scope: unknown = {}) => ({
  resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }],
});
const attributesIn = ({ span }: CompleteSpan): unknown =>
  (JSON.parse(span) as object)["attributes" as never];

it.each([
  ["a span's kind", exportOf([{ ...SPAN, kind: HOSTILE }])],
  ["a span's flags", exportOf([{ ...SPAN, flags: HOSTILE, droppedLinksCount: HOSTILE }])],
  ["a status", exportOf([{ ...SPAN, status: { code: HOSTILE } }])],
  ["a resource's key", exportOf([SPAN], { attributes: [{ key: HOSTILE, value: HOSTILE }] })],
  ["a resource's count", exportOf([SPAN], { droppedAttributesCount: HOSTILE })],
  ["a scope's count", exportOf([SPAN], {}, { droppedAttributesCount: HOSTILE })],
])("%s that is no plain value is left out, and the span kept", async (_where, body) => {
  const { status, spans } = await send(body);
  expect(status).toBe(200);
  expect(spans).toHaveLength(1);
});

it("reads a resource once, however many scopes stand below it", () => {
  let looks = 0;
  const attributes = Array.from({ length: 1_000 }, (_, nth) => ({
    get key() {
      looks += 1;
      return `key-${nth}`;
    },
    value: { stringValue: "some words of it" },
  }));
  const scopeSpans = Array.from({ length: 500 }, () => ({ spans: [0] }));
  const context = { traceIdFormat: "derived" as const, now: 0 };
  const read = readSpans({ resourceSpans: [{ resource: { attributes }, scopeSpans }] }, context);
  expect(read).toMatchObject({ spans: { length: 500 } });
  expect(looks).toBeGreaterThan(0);
  // Itself, and whether it names an environment or a release.
  expect(looks).toBeLessThan(10 * attributes.length);
});

it("keeps no resource thousands of times: what is beyond the bound is refused, and says what to do", async () => {
  const attributes = [{ key: "words", value: { stringValue: "w".repeat(60_000) } }];
  const scopeSpans = Array.from({ length: 1_000 }, (_, nth) => ({
    scope: { name: `scope-${nth}` },
    spans: [{ ...SPAN, spanId: nth.toString(16).padStart(16, "a") }],
  }));
  const { status, spans, text, edge } = await send({
    resourceSpans: [{ resource: { attributes }, scopeSpans }],
  });
  expect(status).toBe(200);
  expect(spans.length).toBeGreaterThan(20);
  expect(text).toContain("send smaller batches");
  const kept = JSON.stringify(edge.appends.map(({ request }) => request.spans?.origins));
  expect(kept.length).toBeLessThan(6 * 1024 * 1024);
});

it.each([{}, { MASK: "email" }])(
  "a key as long as a body above fifty thousand notes is taken",
  async (env) => {
    const values = Array.from({ length: 50_000 }, () => ({}));
    const attributes = [{ key: "k".repeat(500_000), value: { kvlistValue: { values } } }];
    expect((await send(exportOf([{ ...SPAN, attributes }]), env)).status).toBe(200);
  },
);

it("takes thousands of keys that are masked alike", async () => {
  const attributes = Array.from({ length: 20_000 }, (_, nth) => ({
    key: `u${nth}@example.com`,
    value: { boolValue: true },
  }));
  const { status, spans } = await send(exportOf([{ ...SPAN, attributes }]), { MASK: "email" });
  expect(status).toBe(200);
  expect(JSON.stringify(spans)).not.toContain("@example.com");
});

it("masks what no part of Langfuse knows, whatever its name begins with", async () => {
  const names = [
    "langfuse.words",
    "langfuse.observation.input.more",
    "gen_ai.request.words",
    "service.words",
  ];
  const attributes = names.map((key) => ({
    key,
    value: { stringValue: "write to ada@example.com" },
  }));
  const { spans } = await send(exportOf([{ ...SPAN, attributes }]), { MASK: "email" });
  for (const span of spans) expect(JSON.stringify(attributesIn(span))).not.toContain("ada@");
  expect(spans).toHaveLength(1);
});

it("refuses a protobuf of more messages than its bytes could mean", async () => {
  const bytes = new Uint8Array(4_000_000);
  for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x0a;
  expect((await send(bytes)).status).toBe(400);
  expect((await send(protobufOf(exportOf([SPAN])))).status).toBe(200);
});

it.each([
  { intValue: 5 },
  { arrayValue: { values: [{ stringValue: "another" }] } },
  { kvlistValue: { values: [{ key: "k", value: { stringValue: "another" } }] } },
])("a token's session and user stand, whatever kind of value names another: %j", async (value) => {
  const token = await signed(claims({ sub: "ada", sid: "chat" }));
  const keys = ["langfuse.session.id", "session.id", "langfuse.user.id", "user.id"];
  const attributes = keys.map((key) => ({ key, value }));
  const { status, spans } = await send(exportOf([{ ...SPAN, attributes }]), ENV, `Bearer ${token}`);
  expect(status).toBe(200);
  const kept = attributesIn(spans[0]!) as { key: string; value: unknown }[];
  const named = kept.filter(({ key }) => keys.includes(key));
  expect(named).toEqual([
    { key: "session.id", value: { stringValue: "chat" } },
    { key: "user.id", value: { stringValue: "ada" } },
  ]);
});
