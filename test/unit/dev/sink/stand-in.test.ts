import { describe, expect, it } from "vitest";
import type { StandIn } from "../../../../src/dev/sink/stand-in.ts";
import { StandIn as Standing } from "../../../../src/dev/sink/stand-in.ts";
import { SinkStore } from "../../../../src/dev/sink/store.ts";
import {
  batchRequest,
  CHILD,
  exportOf,
  otlpRequest,
  ROOT,
  scoreEvent,
  span,
  TRACE,
} from "./exports.ts";
import { memorySink, memorySql, NOW } from "./sqlite.ts";

const send = (sink: StandIn, ...spans: unknown[]) => sink.receive(otlpRequest(exportOf(...spans)));
const bounds = { traces: 3, bytes: 100_000, findings: 5 };

describe("the stand-in", () => {
  it("answers as Langfuse and shows what it would show", async () => {
    const sink = memorySink();
    const child = span(
      { spanId: CHILD, parentSpanId: ROOT },
      { "langfuse.observation.output": "hello" },
    );
    expect(await send(sink, child)).toMatchObject({ status: 200, body: "{}" });
    await send(sink, span());
    await sink.receive(
      batchRequest([scoreEvent({ id: "s", traceId: TRACE, name: "ok", value: 1 })]),
    );

    const trace = await sink.trace(TRACE);
    expect(trace?.nodes.map((node) => [node.observation.id, node.depth])).toEqual([
      [ROOT, 0],
      [CHILD, 1],
    ]);
    expect(trace?.nodes[1]?.observation.output).toBe("hello");
    expect(trace?.scores).toMatchObject([{ id: "s", name: "ok", value: "1" }]);
    expect(await sink.findings()).toEqual([]);
  });

  it("lists traces without their large texts, the newest first", async () => {
    const sink = memorySink();
    await send(sink, span({ traceId: "one" }, { "langfuse.observation.input": "x".repeat(1000) }));
    await send(sink, span({ traceId: "two" }));
    await send(sink, span({ traceId: "one", spanId: CHILD, parentSpanId: ROOT }));
    const traces = await sink.traces(10);
    expect(traces.map((trace) => trace.id)).toEqual(["two", "one"]);
    expect(JSON.stringify(traces)).not.toContain("xxx");
    expect(await sink.traces(1)).toHaveLength(1);
  });

  it("finds collisions with what it stored before", async () => {
    const sink = memorySink();
    await send(sink, span());
    await send(sink, span());
    await send(sink, span({ name: "changed" }));
    await send(sink, span({ spanId: CHILD }));
    const found = await sink.findings();
    expect(found.map((one) => one.kind)).toEqual(["second_root", "duplicate_span", "resent_span"]);
    expect(found[0]?.at).toBe(NOW);
    const trace = await sink.trace(TRACE);
    expect(trace?.nodes.find((node) => node.observation.id === ROOT)).toMatchObject({
      copies: 3,
      observation: { name: "changed" },
    });
  });

  it("stores nothing of a request that Langfuse loses or refuses", async () => {
    const sink = memorySink();
    await send(sink, span(), span({ spanId: CHILD, attributes: [null] }));
    await send(sink, span(), { ...span(), spanId: 1 });
    expect(await sink.traces(10)).toEqual([]);
    const { answers } = await sink.requests();
    expect(answers).toEqual([
      { api: "otlp", status: 200, count: 1 },
      { api: "otlp", status: 400, count: 1 },
    ]);
  });

  it.each([0, 1, 2])("keeps texts larger than a row, whole, cut anywhere (%i)", async (shift) => {
    const sink = memorySink();
    const input = `${"x".repeat(shift)}ä🙂${"€".repeat(1_700_000)}`;
    await send(sink, span({}, { "langfuse.observation.input": input }));
    expect((await sink.trace(TRACE))?.nodes[0]?.observation.input === input).toBe(true);
  });

  it("tells an enormous trace with its texts cut", async () => {
    const sink = memorySink();
    for (const [index, id] of [ROOT, CHILD].entries()) {
      const input = "x".repeat(13 * 1024 * 1024);
      await send(
        sink,
        span(
          { spanId: id, ...(index && { parentSpanId: ROOT }) },
          { "langfuse.observation.input": input },
        ),
      );
    }
    const [node] = (await sink.trace(TRACE))?.nodes ?? [];
    expect(node?.observation.input).toMatch(/^x{2000}…$/);
  });

  it("keeps a score once, the last", async () => {
    const sink = memorySink();
    const score = { id: "s", traceId: TRACE, name: "ok" };
    await sink.receive(batchRequest([scoreEvent({ ...score, value: 1 })]));
    await sink.receive(batchRequest([scoreEvent({ ...score, value: 0 })]));
    expect((await sink.trace(TRACE))?.scores).toMatchObject([{ value: "0" }]);
  });

  it("does not take a session's score for a trace", async () => {
    const sink = memorySink();
    await sink.receive(
      batchRequest([scoreEvent({ id: "s", sessionId: "c", name: "n", value: 1 })]),
    );
    expect(await sink.traces(10)).toEqual([]);
  });
});

describe("is bounded", () => {
  it("by traces: the one that was quiet longest goes", async () => {
    const sink = memorySink(bounds);
    for (const traceId of ["a", "b", "c"]) await send(sink, span({ traceId }));
    await send(sink, span({ traceId: "a", spanId: CHILD, parentSpanId: ROOT }));
    await send(sink, span({ traceId: "d" }));
    expect((await sink.traces(10)).map((trace) => trace.id)).toEqual(["d", "c", "a"]);
    expect((await sink.requests()).dropped).toBe(1);
    expect(await sink.trace("b")).toBeUndefined();
  });

  it("by bytes, even of a single trace", async () => {
    const sink = memorySink(bounds);
    const large = { "langfuse.observation.input": "x".repeat(60_000) };
    await send(sink, span({ traceId: "a" }, large));
    await send(sink, span({ traceId: "b" }, large));
    expect((await sink.traces(10)).map((trace) => trace.id)).toEqual(["b"]);
    await send(sink, span({ traceId: "b", spanId: CHILD, parentSpanId: ROOT }, large));
    expect(await sink.traces(10)).toEqual([]);
  });

  it("by findings: the newest stay", async () => {
    const sink = memorySink(bounds);
    for (const name of "abcdefgh") await send(sink, span({ name }));
    const found = await sink.findings();
    expect(found).toHaveLength(bounds.findings);
    expect(found.every((one) => one.kind === "duplicate_span")).toBe(true);
  });
});

describe("its storage", () => {
  it("survives the object", async () => {
    const sql = memorySql();
    await send(new Standing(new SinkStore(sql), () => NOW), span());
    const again = new Standing(new SinkStore(sql), () => NOW);
    expect((await again.traces(1))[0]?.id).toBe(TRACE);
    await send(again, span());
    expect((await again.findings()).map((one) => one.kind)).toEqual(["resent_span"]);
  });

  it("of another layout is emptied", async () => {
    const sql = memorySql();
    await send(new Standing(new SinkStore(sql), () => NOW), span());
    sql.exec("UPDATE facts SET value = 'older' WHERE name = 'layout'");
    const again = new Standing(new SinkStore(sql), () => NOW);
    expect(await again.traces(10)).toEqual([]);
    await send(again, span());
    expect(await again.traces(10)).toHaveLength(1);
  });

  it("is cleared, but not its behaviour; the revision only grows", async () => {
    const sink = memorySink();
    await sink.behave({ status: 503 });
    await send(sink, span());
    const before = await sink.requests();
    await sink.clear();
    const after = await sink.requests();
    expect(await sink.traces(10)).toEqual([]);
    expect(after).toMatchObject({ answers: [], dropped: 0 });
    expect(after.revision).toBeGreaterThan(before.revision);
    expect(await sink.behaviour()).toEqual({ status: 503 });
  });

  it("counts `times` down, and the answers it leads to", async () => {
    const sink = memorySink();
    await sink.behave({ status: 429, retryAfter: 1, times: 2 });
    expect(await sink.nextBehaviour("otlp")).toMatchObject({ status: 429 });
    expect(await sink.nextBehaviour("ingestion")).toMatchObject({ status: 429 });
    expect(await sink.nextBehaviour("otlp")).toEqual({});
    expect((await sink.requests()).answers).toEqual([
      { api: "ingestion", status: 429, count: 1 },
      { api: "otlp", status: 429, count: 1 },
    ]);
  });
});
