// The way of an export's spans: to which objects, with what added, and what is said where one does not take them.
import { describe, expect, it } from "vitest";
import { laneOf, objectName } from "../../../../src/protocol/ids.ts";
import type { AppendAnswer, AppendRequest } from "../../../../src/protocol/session/append-calls.ts";
import { exportOf } from "../../../support/arbitrary-spans.ts";
import { protobufOf } from "../../../support/otlp-protobuf.ts";
import { KEYS } from "../edge-under-test.ts";
import {
  PROTOBUF,
  TRACE,
  SPAN,
  attributes,
  named,
  OPEN,
  exporter,
  items,
  sent,
} from "./exporter.ts";

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

  it("leaves it out of metadata that is one object, too, and that as it is otherwise", async () => {
    const edge = exporter();
    const key = "langfuse.trace.metadata";
    const of = (metadata: string) => named("01", { [key]: metadata });
    const forged = String.raw`{"a":{"langfuse_edge_weight":1},"langfuse_edge_w\u0065ight":7654321,"b":"2"}`;
    await edge.post([of(forged)]);
    await edge.post([of('{"a": "langfuse_edge_weight", "n": 12345678901234567890}')]);
    await edge.post([of("langfuse_edge_weight, not JSON")]);
    const textIn = ({ attributes: list }: Record<string, unknown>): unknown =>
      (list as { key: string; value: { stringValue?: string } }[]).find((one) => one.key === key)
        ?.value.stringValue;
    expect(sent(edge).map(textIn)).toEqual([
      '{"a":{"langfuse_edge_weight":1},"b":"2"}',
      '{"a": "langfuse_edge_weight", "n": 12345678901234567890}',
      "langfuse_edge_weight, not JSON",
    ]);
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
