// Trace exports against the edge: what is taken, what it becomes, what is refused, and how that is said.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { laneOf, objectName } from "../../../../src/protocol/ids.ts";
import { exportOf, spanArb } from "../../../support/arbitrary-spans.ts";
import { protobufOf } from "../../../support/otlp-protobuf.ts";
import { KEYS } from "../edge-under-test.ts";
import {
  JSON_TYPE,
  PROTOBUF,
  TRACE,
  SPAN,
  attributes,
  named,
  exporter,
  items,
  sent,
} from "./exporter.ts";

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
