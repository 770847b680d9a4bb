// Trace exports against the edge: what is taken, what it becomes, what is refused, and how that is said.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { laneOf, objectName } from "../../../../src/protocol/ids.ts";
import type {
  AppendAnswer,
  AppendRequest,
  CompleteSpan,
} from "../../../../src/protocol/session/append-calls.ts";
import { exportOf, spanArb } from "../../../support/arbitrary-spans.ts";
import { protobufOf } from "../../../support/otlp-protobuf.ts";
import { claims, ENV, signed } from "../access/tokens.ts";
import { BASIC, edgeUnderTest, KEYS } from "../edge-under-test.ts";

const PATH = "/api/public/otel/v1/traces";
const JSON_TYPE = "application/json";
const PROTOBUF = "application/x-protobuf";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = {
  traceId: TRACE,
  spanId: "b7ad6b7169203331",
  name: "chat",
  kind: 1,
  startTimeUnixNano: "1795348800000000000",
  endTimeUnixNano: "1795348801000000000",
  attributes: [],
  status: { code: 0 },
};
const attributes = (given: Record<string, string>) =>
  Object.entries(given).map(([key, stringValue]) => ({ key, value: { stringValue } }));
const named = (id: string, given: Record<string, string> = {}, more: object = {}) => ({
  ...SPAN,
  spanId: /^\d+$/.test(id) ? id.padStart(16, "0") : id,
  attributes: attributes(given),
  ...more,
});

/** For pages with the public key alone. */
const COUNTER = { limit: async () => ({ success: true }) };
const OPEN = {
  ...KEYS,
  AUTH: "key",
  ALLOWED_ORIGINS: "https://app.example.com",
  LIMIT_OWNER: COUNTER,
  LIMIT_ADDRESS: COUNTER,
  LIMIT_NEW: COUNTER,
};

type Options = Parameters<typeof edgeUnderTest>[0];

function exporter(options: Options = { open: false }) {
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

const items = ({ appends }: ReturnType<typeof exporter>): CompleteSpan[] =>
  appends.flatMap(({ request }) => request.spans?.items ?? []);
const sent = (edge: ReturnType<typeof exporter>): Record<string, unknown>[] =>
  items(edge).map(({ span }) => JSON.parse(span) as Record<string, unknown>);

describe("an export", () => {
  it("in JSON, on both paths, gzipped or not, becomes durable spans", async () => {
    const edge = exporter();
    const body = JSON.stringify(exportOf([SPAN]));
    const plain = await edge.send(body);
    const zipped = await edge.send(gzipSync(body), { "content-encoding": "gzip" }, "/v1/traces");
    for (const answer of [plain, zipped]) {
      expect(answer).toMatchObject({ status: 200, body: {}, type: JSON_TYPE });
    }
    expect(sent(edge)).toEqual([SPAN, SPAN]);
    const value = { project: KEYS.LANGFUSE_PUBLIC_KEY, owner: "server", kind: "lane" as const };
    expect(edge.appends[0]).toMatchObject({
      object: objectName({ ...value, value: laneOf(TRACE) }),
      request: { writer: "server", actions: [], lane: true },
    });
  });

  it("of any spans, in either encoding, arrives as it was sent", async () => {
    const spans = fc.uniqueArray(spanArb, { maxLength: 3, selector: ({ spanId }) => spanId });
    await fc.assert(
      fc.asyncProperty(spans, async (some) => {
        const edge = exporter();
        const exported = exportOf(some);
        const json = await edge.send(JSON.stringify(exported));
        const inJson = sent(edge);
        const protobuf = await edge.send(protobufOf(exported), { "content-type": PROTOBUF });
        expect([json.status, protobuf.status]).toEqual([200, 200]);
        expect(protobuf.body).toHaveLength(0);
        const byId = (list: Record<string, unknown>[]) =>
          new Map(list.map((span) => [span["spanId"], span]));
        expect(byId(inJson)).toEqual(byId(some));
        expect(byId(sent(edge).slice(inJson.length))).toEqual(byId(some));
      }),
      { numRuns: 40 },
    );
  });

  it("of nothing wakes no object", async () => {
    const edge = exporter();
    expect(await edge.send("{}")).toMatchObject({ status: 200, body: {} });
    expect(await edge.send(JSON.stringify(exportOf([])))).toMatchObject({ status: 200 });
    const empty = await edge.send(new Uint8Array(), { "content-type": PROTOBUF });
    expect([empty.status, empty.type]).toEqual([200, PROTOBUF]);
    expect(edge.appends).toEqual([]);
  });

  it("refuses a bad span alone, and says which and why", async () => {
    const edge = exporter();
    const answer = await edge.post([SPAN, { ...SPAN, traceId: 7 }, { ...SPAN, spanId: "" }, null]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        partialSuccess: {
          rejectedSpans: "3",
          errorMessage:
            "3 of 4 spans refused: invalid_data: traceId: must be text (1); " +
            "invalid_data: spanId: is missing, or all zeros (1); " +
            "invalid_data: span: must be an object (1)",
        },
      },
    });
    expect(sent(edge)).toEqual([SPAN]);
  });

  it("with nothing that could be taken is a bad request", async () => {
    const edge = exporter();
    const answer = await edge.post([{ ...SPAN, attributes: "x" }]);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 3, details: [{ reason: "invalid_data" }] },
    });
    expect(edge.appends).toEqual([]);
  });

  it("keeps the spans beside a resource that can't be read", async () => {
    const edge = exporter();
    const body = {
      resourceSpans: [
        { resource: { attributes: {} }, scopeSpans: [{ spans: [named("01")] }] },
        { scopeSpans: [{ spans: [SPAN] }] },
      ],
    };
    const answer = await edge.send(JSON.stringify(body));
    expect(answer.body).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(sent(edge)).toEqual([SPAN]);
  });

  it("keeps each span's own resource and scope", async () => {
    const edge = exporter();
    const resource = (name: string) => ({
      resource: { attributes: attributes({ "service.name": name }) },
    });
    const scope = (name: string, ...spans: object[]) => ({ scope: { name }, spans });
    const body = {
      resourceSpans: [
        { ...resource("web"), scopeSpans: [scope("a", named("01")), scope("b", named("02"))] },
        { ...resource("api"), schemaUrl: "https://s", scopeSpans: [scope("a", named("03"))] },
      ],
    };
    await edge.send(JSON.stringify(body));
    const origins = edge.appends[0]?.request.spans?.origins ?? {};
    const found = items(edge).map(({ id, origin }) => [
      id,
      JSON.parse(origins[origin]?.resource ?? ""),
      JSON.parse(origins[origin]?.scope ?? ""),
    ]);
    expect(found.map(([id]) => id)).toHaveLength(3);
    expect(found.map((one) => one.slice(1))).toEqual([
      [resource("web"), { scope: { name: "a" } }],
      [resource("web"), { scope: { name: "b" } }],
      [{ ...resource("api"), schemaUrl: "https://s" }, { scope: { name: "a" } }],
    ]);
  });

  it("of more spans than a request may have is refused whole", async () => {
    const edge = exporter();
    const body = JSON.stringify(exportOf(Array.from({ length: 10_001 }, () => ({}))));
    expect(await edge.send(body)).toMatchObject({ status: 413, body: { code: 8 } });
  });
});

describe("the way of spans", () => {
  const trace = (n: number) => n.toString(16).padStart(32, "0");
  const ofSession = [
    named("01", { "session.id": "chat" }),
    named("02", { "langfuse.session.id": "chat" }, { traceId: trace(99) }),
  ];
  const objectOf = (owner: string, kind: "session" | "trace" | "lane", value: string) =>
    objectName({ project: KEYS.LANGFUSE_PUBLIC_KEY, owner, kind, value });

  it("goes by session, else by trace: a server's traces share its project's lanes", async () => {
    const edge = exporter();
    const traces = Array.from({ length: 20 }, (_, n) => trace(n + 1));
    const spans = [...ofSession, ...traces.map((traceId) => named("03", {}, { traceId }))];
    expect(await edge.post(spans)).toMatchObject({ status: 200, body: {} });
    const [first, ...rest] = edge.appends;
    expect(first?.object).toBe(objectOf("server", "session", "chat"));
    expect(first?.request).not.toHaveProperty("lane");
    expect(first?.request.spans?.items).toHaveLength(2);
    for (const { object, request } of rest) {
      expect(request.lane).toBe(true);
      for (const { traceId } of request.spans?.items ?? []) {
        expect(object).toBe(objectOf("server", "lane", laneOf(traceId)));
      }
    }
    expect(items(edge)).toHaveLength(22);
    // The same request again goes the same ways.
    const objects = edge.appends.map(({ object }) => object);
    await edge.post(spans);
    expect(edge.appends.map(({ object }) => object).slice(objects.length)).toEqual(objects);
  });

  it("of a page's many traces is that of a few objects", async () => {
    const edge = exporter({ open: false, env: OPEN });
    const page = {
      origin: "https://app.example.com",
      authorization: `Bearer ${KEYS.LANGFUSE_PUBLIC_KEY}`,
    };
    const traces = Array.from({ length: 20 }, (_, n) => named("03", {}, { traceId: trace(n + 1) }));
    expect(await edge.post([...ofSession, ...traces], page)).toMatchObject({ status: 200 });
    const counts = edge.appends.map(({ request }) => request.spans?.items.length);
    expect(counts).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 13]);
    expect(edge.appends[1]?.object).toBe(objectOf("anonymous", "trace", trace(1)));
  });

  it("leads to objects of their traces where a lane has no room; a full session has no other", async () => {
    const full = {
      status: "refused",
      code: "session_full",
      message: "full",
      elsewhere: true,
    } as const;
    const isFull = ({ lane, spans }: AppendRequest): boolean =>
      lane === true || spans?.items.length === 2;
    const edge = exporter({
      open: false,
      answer: (request) => ({
        results: (request.spans?.items ?? []).map(() =>
          isFull(request) ? full : { status: "accepted" },
        ),
        pending: 0,
        sealed: 0,
      }),
    });
    const more = [
      // Beyond so many sessions a span lies by its trace, and says whose it is.
      ...Array.from({ length: 24 }, (_, n) => named("04", { "session.id": `s${n}` })),
      named("05", { "session.id": "late" }, { traceId: trace(7) }),
      named("06", {}, { traceId: trace(8) }),
    ];
    expect(await edge.post(more)).toMatchObject({ status: 200, body: {} });
    for (const [n, session] of [
      [7, "late"],
      [8, undefined],
    ] as const) {
      const call = edge.appends.find(
        ({ object }) => object === objectOf("server", "trace", trace(n)),
      );
      expect(call?.request.lane).toBeUndefined();
      expect(call?.request.spans?.items.map((item) => item.session)).toEqual([session]);
    }
    const before = edge.appends.length;
    const refused = await edge.post(ofSession);
    expect([refused.status, edge.appends.length]).toEqual([429, before + 1]);
  });

  it("is that of several calls where one could not hold all of it", async () => {
    const edge = exporter();
    const input = { "langfuse.observation.input": "x".repeat(1_500_000), "session.id": "chat" };
    const spans = Array.from({ length: 5 }, (_, n) => named(`${n + 1}`, input));
    expect(await edge.post(spans)).toMatchObject({ status: 200, body: {} });
    const lengths = edge.appends.map(({ request }) => request.spans?.items.length);
    expect(lengths).toEqual([2, 2, 1]);
    expect(new Set(edge.appends.map(({ object }) => object)).size).toBe(1);
  });

  it("gives foreign ids Langfuse's form by the published rules, and keeps what they were", async () => {
    const edge = exporter();
    await edge.post([
      named("call", {}, { traceId: "ui2-1671234567890-abc123", parentSpanId: "B7AD6B7169203331" }),
      named("B7AD6B7169203331", {}, { traceId: TRACE.toUpperCase() }),
    ]);
    const [foreign, upper] = sent(edge);
    expect(foreign).toMatchObject({
      traceId: "b2da82a90f74a406596bb57639b0bd19",
      parentSpanId: "b7ad6b7169203331",
      attributes: attributes({
        "langfuse.observation.metadata.langfuse_edge_trace_id": "ui2-1671234567890-abc123",
        "langfuse.observation.metadata.langfuse_edge_observation_id": "call",
      }),
    });
    expect(upper).toEqual(SPAN);
  });

  it("fills in the edge's environment and release where the writer named none", async () => {
    const env = { ...KEYS, LANGFUSE_TRACING_ENVIRONMENT: "prod", LANGFUSE_RELEASE: "7" };
    const edge = exporter({ open: false, env });
    const own = { "langfuse.environment": "staging", "langfuse.release": "6" };
    await edge.post([named("01"), named("02", own)]);
    const spans = [named("03")];
    const resource = { resource: { attributes: attributes({ "deployment.environment": "x" }) } };
    await edge.send(JSON.stringify(exportOf(spans, { resource })));
    expect(sent(edge).map((span) => span["attributes"])).toEqual([
      attributes({ "langfuse.environment": "prod", "langfuse.release": "7" }),
      attributes(own),
      attributes({ "langfuse.release": "7" }),
    ]);
  });

  it("leaves out how many a sampled trace stands for, which is the edge's to say", async () => {
    const edge = exporter();
    const keys = ["langfuse.trace.metadata.", "langfuse.observation.metadata."];
    const forged = keys.map((key) => [`${key}langfuse_edge_weight`, "7654321"]);
    await edge.post([named("01", { ...Object.fromEntries(forged), "app.plan": "pro" })]);
    expect(sent(edge)[0]?.["attributes"]).toEqual(
      expect.arrayContaining(attributes({ "app.plan": "pro" })),
    );
    expect(JSON.stringify(sent(edge))).not.toMatch(/langfuse_edge_weight"|7654321/);
  });

  it("leaves it out wherever else an export could say it", async () => {
    const edge = exporter();
    const [weight, plan] = ["langfuse_edge_weight", { "app.plan": "pro" }];
    const inText = `{"langfuse\\u005fedge_weight":7654321,"plan":"pro"}`;
    const spans = [
      named("01", { ...plan, [weight]: "7654321", "langfuse.trace.metadata": inText }),
    ];
    const shared = {
      ...plan,
      [weight]: "7654321",
      [`langfuse.trace.metadata.${weight}`]: "7654321",
    };
    const resource = { resource: { attributes: attributes(shared) } };
    await edge.send(JSON.stringify(exportOf(spans, { resource })));
    const kept = JSON.stringify(edge.appends);
    expect(kept).not.toContain("7654321");
    expect(kept.split("app.plan").length - 1).toBe(2);
    expect(sent(edge)[0]?.["attributes"]).toEqual(
      expect.arrayContaining(attributes({ "langfuse.trace.metadata": '{"plan":"pro"}' })),
    );
  });

  it("answers 503 where an object did not keep some of it: exporters send all of it again", async () => {
    const unavailable: AppendAnswer["results"][number] = {
      status: "refused",
      code: "unavailable",
      message: "full",
    };
    const answer = (): AppendAnswer => ({ results: [unavailable], pending: 0, sealed: 0 });
    const edge = exporter({ open: false, answer });
    const full = await edge.post([SPAN, null]);
    expect([full.status, full.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(full.body).toMatchObject({ code: 14, details: [{ reason: "unavailable" }] });
    // An object of an earlier version knows of no spans.
    const earlier = exporter({
      open: false,
      answer: () => ({ results: [], pending: 0, sealed: 0 }),
    });
    expect((await earlier.post([SPAN])).status).toBe(503);
  });

  it("answers 429 where a page is over its quota, and says when", async () => {
    const over: AppendAnswer["results"][number] = {
      status: "refused",
      code: "quota_exceeded",
      message: "more",
      retryAfter: 7,
    };
    const edge = exporter({ answer: () => ({ results: [over], pending: 0, sealed: 0 }) });
    const answer = await edge.send(protobufOf(exportOf([SPAN])), { "content-type": PROTOBUF });
    expect([answer.status, answer.headers.get("retry-after"), answer.type]).toEqual([
      429,
      "7",
      PROTOBUF,
    ]);
  });
});

describe("a caller", () => {
  const PAGE = { origin: "http://localhost" };

  it("without keys, with wrong ones, or with a secret in a page, gets nowhere", async () => {
    const edge = exporter();
    const body = JSON.stringify(exportOf([SPAN]));
    const wrong = `Basic ${btoa("pk-secret-1:sk-wrong")}`;
    expect(await edge.send(body, { authorization: wrong })).toMatchObject({
      status: 401,
      body: { code: 16, details: [{ reason: "unauthorized" }] },
    });
    const secret = await edge.send(body, PAGE);
    expect(secret).toMatchObject({ status: 403, body: { code: 7 } });
    const guarded = exporter({ open: false, env: ENV });
    expect((await guarded.send(body, { authorization: "" })).status).toBe(401);
    expect(edge.appends).toEqual([]);
  });

  it("with a token writes in its owner's namespace, within its bounds", async () => {
    const edge = exporter({ open: false, env: ENV });
    const token = { authorization: `Bearer ${await signed(claims({ sub: "ada", sid: "chat" }))}` };
    const spans = [
      named("01", { "langfuse.trace.public": "true" }),
      named("02", { "session.id": "other" }),
      named("03", { "user.id": "bob" }),
      named("04", { "user.id": "ada", "langfuse.session.id": "chat" }),
    ];
    const answer = await edge.post(spans, { ...PAGE, ...token });
    expect(answer.body).toMatchObject({
      partialSuccess: {
        rejectedSpans: "2",
        errorMessage: expect.stringMatching(/session_mismatch: .*user_mismatch: /) as string,
      },
    });
    const [first, second] = sent(edge);
    expect(first?.["traceId"]).not.toBe(TRACE);
    expect(second?.["traceId"]).toBe(first?.["traceId"]);
    const told = Object.fromEntries(
      ((first?.["attributes"] ?? []) as { key: string; value: { stringValue: string } }[]).map(
        ({ key, value }) => [key, value.stringValue],
      ),
    );
    expect(told).toMatchObject({
      "session.id": "chat",
      "user.id": "ada",
      "langfuse.observation.metadata.langfuse_edge_trace_id": TRACE,
    });
    expect(told).not.toHaveProperty("langfuse.trace.public");
    expect(edge.appends[0]?.request.writer).toBe("browser");
  });

  it("whose token names its actions needs those that a span stands for", async () => {
    const edge = exporter({ open: false, env: ENV });
    const send = async (actions: string[]) => {
      const authorization = `Bearer ${await signed(claims({ actions }))}`;
      return edge.post([SPAN], { ...PAGE, authorization });
    };
    expect(await send(["create_trace", "flush"])).toMatchObject({
      status: 403,
      body: { code: 7, details: [{ reason: "forbidden" }] },
    });
    expect(await send(["create_trace", "create_span"])).toMatchObject({ status: 200 });
  });

  it("of a page may ask before with an exporter's headers", async () => {
    const edge = exporter({ open: false, env: ENV });
    for (const path of [PATH, "/v1/traces"]) {
      const answer = await edge.app.request(path, { method: "OPTIONS", headers: PAGE });
      expect(answer.status).toBe(204);
      const allowed = answer.headers.get("access-control-allow-headers") ?? "";
      for (const name of ["content-type", "authorization", "x-langfuse-sdk-name"]) {
        expect(allowed.split(", ")).toContain(name);
      }
    }
  });
});

describe("a request that is none", () => {
  it.each<[string, BodyInit, Record<string, string>, number, string]>([
    ["no JSON", "{", {}, 400, "invalid_json"],
    ["a list", "[]", {}, 400, "invalid_request"],
    ["resources that are no list", '{"resourceSpans":{}}', {}, 400, "invalid_request"],
    ["scopes that are no list", '{"resourceSpans":[{"scopeSpans":1}]}', {}, 400, "invalid_request"],
    ["no protobuf", "x", { "content-type": PROTOBUF }, 400, "invalid_request"],
    ["a beacon's text", "{}", { "content-type": "text/plain" }, 400, "unsupported_media_type"],
    ["brotli", "x", { "content-encoding": "br" }, 400, "unsupported_media_type"],
    ["no gzip", "{}", { "content-encoding": "gzip" }, 400, "invalid_json"],
    ["too deep", "[".repeat(600), {}, 422, "too_deep"],
    ["another version", "{}", { "x-langfuse-ingestion-version": "5" }, 400, "invalid_request"],
    ["no version", "{}", { x_langfuse_ingestion_version: "new" }, 400, "invalid_request"],
  ])("%s", async (_, body, headers, status, reason) => {
    const edge = exporter();
    const answer = await edge.send(body, headers);
    expect(answer.status).toBe(status);
    const isProtobuf = headers["content-type"] === PROTOBUF;
    expect(answer.type).toBe(isProtobuf ? PROTOBUF : JSON_TYPE);
    const words = isProtobuf
      ? new TextDecoder().decode(answer.body as Uint8Array)
      : JSON.stringify(answer.body);
    expect(words).toContain(reason);
  });

  it("an earlier version, as Langfuse takes it, is fine", async () => {
    const edge = exporter();
    for (const version of ["4", "3", "1", ""]) {
      const answer = await edge.post([SPAN], { "x-langfuse-ingestion-version": version });
      expect(answer.status).toBe(200);
    }
  });

  it("says on Langfuse's own path what Langfuse says, and on OpenTelemetry's what HTTP says", async () => {
    const edge = exporter();
    const type = { "content-type": "text/html" };
    const own = await edge.send("{}", type);
    expect([own.status, own.body]).toEqual([
      400,
      expect.objectContaining({ error: expect.any(String) as string }),
    ]);
    expect((await edge.send("{}", type, "/v1/traces")).status).toBe(415);
  });

  it.each([
    ["a server's", {}, 8],
    [
      "a page's",
      { origin: "https://app.example.com", authorization: `Bearer ${KEYS.LANGFUSE_PUBLIC_KEY}` },
      4,
    ],
  ])("%s body has its bound", async (_, headers, mebi) => {
    const edge = exporter({ open: false, env: OPEN });
    const body = (bytes: number): string => "{}".padEnd(bytes);
    const bound = mebi * 1024 * 1024;
    expect((await edge.send(body(bound), headers)).status).toBe(200);
    const over = await edge.send(gzipSync(body(bound + 1)), {
      ...headers,
      "content-encoding": "gzip",
    });
    expect(over).toMatchObject({
      status: 413,
      body: { details: [{ reason: "body_too_large" }] },
    });
  });

  it("a bomb of gzip stays small", async () => {
    const edge = exporter();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
    const answer = await edge.send(bomb, { "content-encoding": "gzip" });
    expect(answer).toMatchObject({
      status: 413,
      body: { details: [{ reason: "body_too_large" }] },
    });
  });

  it("another method says which there is", async () => {
    const edge = exporter();
    const answer = await edge.app.request(PATH, { headers: { authorization: BASIC } });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  });

  it("any cut of a protobuf body is a bad request, never more", async () => {
    await fc.assert(
      fc.asyncProperty(spanArb, fc.double({ min: 0, max: 1, noNaN: true }), async (span, share) => {
        const whole = protobufOf(exportOf([span]));
        const cut = whole.slice(0, 1 + Math.floor(share * (whole.length - 2)));
        const answer = await exporter().send(cut, { "content-type": PROTOBUF });
        expect(answer.status).toBe(400);
      }),
      { numRuns: 60 },
    );
  });

  it("any bytes as protobuf are answered, never by a fault of the edge", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const body = Uint8Array.from(bytes);
        const answer = await exporter().send(body, { "content-type": PROTOBUF });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 100 },
    );
  });
});
