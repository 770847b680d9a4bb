// The page of what a real Langfuse accepts, line by line, over the sink's own HTTP face: the name of
// each group is the line that it holds the sink to. What no line allows is refused.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { FindingKind } from "../../../../src/dev/sink/inspect/finding.ts";
import {
  attributes,
  bytesOf,
  CHILD,
  exportOf,
  good,
  nanos,
  OTHER_TRACE,
  ROOT,
  scoreEvent,
  span,
  START_MS,
  TRACE,
} from "./exports.ts";
import { OTLP, type Sent, type SinkUnderTest, sinkUnderTest } from "./sink-under-test.ts";
import { NOW } from "./sqlite.ts";

const INGESTION = "/sink/api/public/ingestion";
const SCORE = { id: "s1", traceId: TRACE, name: "helpful", value: 1 };

const kindsOf = async ({ sink }: SinkUnderTest): Promise<FindingKind[]> =>
  (await sink.findings()).map(({ kind }) => kind).toReversed();

/** The status of an export's answer, and what the sink says of it. */
async function exported(body: unknown, sent: Sent = {}) {
  const under = sinkUnderTest();
  const answer = await under.send(OTLP, { body, ...sent });
  const text = await answer.text();
  const kept = (await under.sink.trace(TRACE))?.nodes.map(({ observation }) => observation) ?? [];
  return { status: answer.status, text, kept, kinds: await kindsOf(under) };
}
const withAttributes = (values: Record<string, unknown>) => exported(exportOf(span({}, values)));

async function scored(body: object | undefined) {
  const under = sinkUnderTest();
  const answer = await under.send(INGESTION, { body: { batch: [{ ...scoreEvent({}), body }] } });
  const told = await answer.json<{ successes: object[]; errors: object[] }>();
  const scores = (await under.sink.trace(TRACE))?.scores ?? [];
  return { status: answer.status, ...told, scores, kinds: await kindsOf(under) };
}

describe("`POST /api/public/otel/v1/traces`, `Content-Type: application/json` (or `application/x-protobuf`)", () => {
  it.each(["text/plain", "", "application/json+x", "text/application/json"])(
    "%j is no such type",
    async (type) => {
      const { status, text } = await exported(good, { headers: { "content-type": type } });
      expect([status, text]).toEqual([400, '{"error":"Invalid content type"}']);
    },
  );

  it("is the only method there", async () => {
    const { app } = sinkUnderTest();
    expect((await app.request(OTLP)).status).toBe(404);
    expect((await app.request(OTLP, { method: "PUT", body: "{}" })).status).toBe(404);
  });
});

describe("request gzip is accepted on this path only; `/api/public/ingestion` does not inflate", () => {
  const gzipped = (body: object): Sent => ({
    body: new Uint8Array(gzipSync(bytesOf(body))),
    headers: { "content-encoding": "gzip" },
  });

  it("an export", async () => {
    const { send } = sinkUnderTest();
    expect((await send(OTLP, gzipped(good))).status).toBe(200);
  });

  it("a batch: 400 `Invalid JSON`, as text; nothing is stored", async () => {
    const under = sinkUnderTest();
    const answer = await under.send(INGESTION, gzipped({ batch: [scoreEvent(SCORE)] }));
    expect([answer.status, await answer.text()]).toEqual([400, "Invalid JSON"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await under.sink.trace(TRACE)).toBeUndefined();
    expect(await kindsOf(under)).toEqual(["refused"]);
  });

  it.each(["br", "deflate", "zstd"])("no other coding, %s", async (coding) => {
    const { send } = sinkUnderTest();
    const headers = { "content-encoding": coding };
    expect((await send(OTLP, { body: good, headers })).status).toBe(400);
    expect((await send(INGESTION, { body: { batch: [] }, headers })).status).toBe(400);
  });
});

describe("`x-langfuse-ingestion-version: 4` (without it data is late by up to 10 minutes; 5 or text is a 400)", () => {
  it.each(["5", "new", "", "3", "4.0", "4x", "-4", "0", "4, 4"])("%j is a 400", async (version) => {
    const headers = { "x-langfuse-ingestion-version": version };
    const { status, kept } = await exported(good, { headers });
    expect([status, kept]).toEqual([400, []]);
    const { send } = sinkUnderTest();
    expect((await send(INGESTION, { body: { batch: [] }, headers })).status).toBe(400);
  });

  it("none is late", async () => {
    const under = sinkUnderTest();
    const { app } = under;
    const headers = {
      authorization: `Basic ${btoa("pk-lf-sink:sk-lf-sink")}`,
      "content-type": "application/json",
    };
    const answer = await app.request(OTLP, { method: "POST", body: JSON.stringify(good), headers });
    expect(answer.status).toBe(200);
    expect(await kindsOf(under)).toEqual(["late_data"]);
  });
});

describe("400 naming spans: one span with a missing or non-string id, or `attributes` / `events` that are not arrays", () => {
  it.each<[string, Record<string, unknown>]>([
    ["no trace id", { traceId: undefined }],
    ["a null trace id", { traceId: null }],
    ["an empty span id", { spanId: "" }],
    ["a numeric span id", { spanId: 7 }],
    ["a null parent", { parentSpanId: null }],
    ["an empty parent", { parentSpanId: "" }],
    ["attributes of an object", { attributes: {} }],
    ["null attributes", { attributes: null }],
    ["null events", { events: null }],
    ["events of text", { events: "none" }],
    ["an event that is none", { events: ["boom"] }],
  ])("%s refuses the good span beside it too", async (_name, fields) => {
    const other = span({ spanId: CHILD, parentSpanId: ROOT });
    const { status, text, kept } = await exported(exportOf(other, span(fields)));
    expect([status, kept]).toEqual([400, []]);
    expect(text).toContain("1 of 2 span(s) cannot be processed");
  });

  it("a span may have neither list", async () => {
    const { status, kinds } = await exported(
      exportOf(span({ attributes: undefined, events: undefined })),
    );
    expect([status, kinds]).toEqual([200, []]);
  });
});

describe("a span, as the official SDK sends it: `name`, `kind: 1`, times as decimal strings, `status`", () => {
  it.each<[string, unknown]>([
    ["no JSON object", []],
    ["no list of spans at all", {}],
    ["a null list", { resourceSpans: null }],
    ["a span that is none", exportOf("span")],
    ["times as numbers", exportOf(span({ startTimeUnixNano: 1.795e18 }))],
    ["a start in words", exportOf(span({ startTimeUnixNano: "yesterday" }))],
    ["a start below zero", exportOf(span({ startTimeUnixNano: "-1" }))],
    ["no start", exportOf(span({ startTimeUnixNano: undefined }))],
    ["an end of null", exportOf(span({ endTimeUnixNano: null }))],
    ["a name that is no text", exportOf(span({ name: 5 }))],
    ["a kind in words", exportOf(span({ kind: "SPAN_KIND_INTERNAL" }))],
    ["a status in words", exportOf(span({ status: "OK" }))],
    ["a status code in words", exportOf(span({ status: { code: "STATUS_CODE_ERROR" } }))],
    [
      "an attribute without a key",
      exportOf(span({ attributes: [{ value: { stringValue: "" } }] })),
    ],
    ["an attribute of text", exportOf(span({ attributes: ["a"] }))],
    ["a bare value", exportOf(span({ attributes: [{ key: "a", value: "b" }] }))],
    ["a value without a tag", exportOf(span({}, { a: {} }))],
    ["an unknown tag", exportOf(span({}, { a: { dateValue: "now" } }))],
    ["a value of two tags", exportOf(span({}, { a: { stringValue: "b", intValue: 1 } }))],
    ["a number as text", exportOf(span({}, { a: { doubleValue: "1.5" } }))],
    ["a fraction as an integer", exportOf(span({}, { a: { intValue: 1.5 } }))],
    ["text as a flag", exportOf(span({}, { a: { boolValue: "true" } }))],
    ["a number as a string", exportOf(span({}, { a: { stringValue: 1 } }))],
    ["a wrong value in a list", exportOf(span({}, { a: { arrayValue: { values: ["b"] } } }))],
    ["a list that is none", exportOf(span({}, { a: { arrayValue: { values: {} } } }))],
    [
      "a key twice",
      exportOf(span({ attributes: [...attributes({ a: "1" }), ...attributes({ a: "2" })] })),
    ],
  ])("refuses %s", async (_name, body) => {
    const { status, kept, kinds } = await exported(body);
    expect([status, kept, kinds]).toEqual([400, [], ["refused"]]);
  });
});

describe("the table of attributes", () => {
  it.each<[string, Record<string, unknown>]>([["type", { "langfuse.observation.type": "robot" }]])(
    "%s that Langfuse does not know",
    async (_name, values) => {
      const { status, kinds } = await withAttributes(values);
      expect([status, kinds]).toEqual([200, ["unknown_type"]]);
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ["input, output: a string", { "langfuse.observation.input": { intValue: "1" } }],
    ["level DEBUG / DEFAULT / WARNING / ERROR", { "langfuse.observation.level": "INFO" }],
    ["model.parameters: JSON text", { "langfuse.observation.model.parameters": "hot" }],
    ["usage_details: JSON text of numbers", { "langfuse.observation.usage_details": '{"a":"3"}' }],
    ["cost_details: JSON text of numbers", { "langfuse.observation.cost_details": "1" }],
    [
      "completion_start_time: JSON text of an ISO time",
      { "langfuse.observation.completion_start_time": "2026-11-22T12:00:00Z" },
    ],
    ["prompt: generations only", { "langfuse.observation.prompt.name": "greeting" }],
    ["tags: an array", { "langfuse.trace.tags": "a,b" }],
    ["public: a flag", { "langfuse.trace.public": "yes" }],
    ["is_app_root: a flag", { "langfuse.internal.is_app_root": "true" }],
    ["metadata: one attribute a key", { "langfuse.observation.metadata": '{"a":1}' }],
    ["a name that is not in it", { "langfuse.observation.colour": "red" }],
  ])("%s", async (_name, values) => {
    const { status, kept, kinds } = await withAttributes(values);
    expect([status, kept.length, kinds]).toEqual([200, 1, ["unreadable_value"]]);
  });
});

describe("400 “Failed to parse…”", () => {
  it.each<[string, string | Uint8Array]>([
    ["no JSON", "{nope"],
    ["nothing", ""],
    ["JSON in broken UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ])("%s", async (_name, body) => {
    const { send } = sinkUnderTest();
    const bytes = typeof body === "string" ? bytesOf(body) : body;
    const answer = await send(OTLP, { body: bytes });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      '{"error":"Failed to parse OTel JSON Trace"}',
    ]);
    const batch = await send(INGESTION, { body: bytes });
    expect([batch.status, await batch.text()]).toEqual([400, "Invalid JSON"]);
  });
});

describe("401 / 403: keys wrong, or a public key alone", () => {
  it.each([
    ["", 401],
    [`Basic ${btoa("pk-lf-sink:sk-other")}`, 401],
    [`Basic ${btoa("pk-lf-sink:")}`, 401],
    ["Bearer sk-lf-sink", 401],
    ["Bearer pk-lf-sink", 403],
  ])("%j", async (authorization, expected) => {
    const { status, kept } = await exported(good, { headers: { authorization } });
    expect([status, kept]).toEqual([expected, []]);
  });

  it("a public key alone may write scores and nothing else", async () => {
    const { send } = sinkUnderTest();
    const headers = { authorization: "Bearer pk-lf-sink" };
    expect((await send(INGESTION, { body: { batch: [] }, headers })).status).toBe(207);
  });
});

describe("413: `/api/public/ingestion` over 4.5 MB, `Body exceeded 4.5mb limit`, as text", () => {
  const batchOf = (bytes: number): Uint8Array => bytesOf(`{"batch":[]}`.padEnd(bytes));
  const MOST = 4.5 * 1024 * 1024;

  it("one byte over", async () => {
    const under = sinkUnderTest();
    const answer = await under.send(INGESTION, { body: batchOf(MOST + 1) });
    expect([answer.status, await answer.text()]).toEqual([413, "Body exceeded 4.5mb limit"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await kindsOf(under)).toEqual(["refused"]);
  });

  it("not at the limit", async () => {
    const { send } = sinkUnderTest();
    expect((await send(INGESTION, { body: batchOf(MOST) })).status).toBe(207);
  });
});

describe("accepted with 200 and then lost", () => {
  const twoTraces = async (bad: object, secondMs: number) => {
    let now = NOW;
    const under = sinkUnderTest(() => now);
    await under.send(OTLP, { body: exportOf(span({ traceId: "before" })) });
    now += secondMs;
    const statuses = [(await under.send(OTLP, { body: exportOf(span(), bad) })).status];
    statuses.push((await under.send(OTLP, { body: exportOf(span({ traceId: "after" })) })).status);
    now += 1000;
    await under.send(OTLP, { body: exportOf(span({ traceId: "later" })) });
    const kept = (await under.sink.traces(9)).map(({ id }) => id).sort();
    return { statuses, kept, kinds: await kindsOf(under) };
  };
  const surrogate = span({ traceId: OTHER_TRACE, name: "half \ud83d" });
  const nothing = span({ traceId: OTHER_TRACE, attributes: [{ key: "k", value: null }] });

  it("a null: every span of that request is lost, and no other", async () => {
    const { statuses, kept, kinds } = await twoTraces(nothing, 0);
    expect([statuses, kept, kinds]).toEqual([
      [200, 200],
      ["after", "before", "later"],
      ["null_attribute"],
    ]);
  });

  it("a lone surrogate: other requests' spans in the same second are lost with it", async () => {
    const { statuses, kept, kinds } = await twoTraces(surrogate, 0);
    expect([statuses, kept]).toEqual([[200, 200], ["later"]]);
    expect(kinds).toEqual(["lone_surrogate", "lone_surrogate"]);
  });

  it("a lone surrogate: those of the second before are not", async () => {
    const { kept } = await twoTraces(surrogate, 1000);
    expect(kept).toEqual(["before", "later"]);
  });

  it("a score without `body.id`: answered 201, never stored", async () => {
    const { id: _id, ...nameless } = SCORE;
    const { status, successes, scores, kinds } = await scored(nameless);
    expect([status, successes, scores]).toEqual([207, [{ id: "event-1", status: 201 }], []]);
    expect(kinds).toEqual(["score_without_id"]);
  });

  it("a lone surrogate in a score", async () => {
    const { successes, scores, kinds } = await scored({ ...SCORE, comment: "\ud800" });
    expect([successes.length, scores, kinds]).toEqual([1, [], ["lone_surrogate"]]);
  });

  it.each<
    [string, Record<string, unknown>, Partial<{ endTime: number; latencyMs: number }>, FindingKind]
  >([
    ["end “0” is stored as 1970", { endTimeUnixNano: "0" }, { endTime: 0 }, "time_1970"],
    [
      "end before start is kept as a negative latency",
      { endTimeUnixNano: nanos(START_MS - 5) },
      { latencyMs: -5 },
      "end_before_start",
    ],
    [
      "no end at all means end = start",
      { endTimeUnixNano: undefined },
      { latencyMs: 0 },
      "missing_end",
    ],
  ])("%s", async (_name, fields, expected, kind) => {
    const { kept, kinds } = await exported(exportOf(span(fields)));
    expect(kept[0]).toMatchObject(expected);
    expect(kinds).toEqual([kind]);
  });
});

describe("sending the same span twice", () => {
  const sentTwice = async (...bodies: object[]) => {
    const under = sinkUnderTest();
    for (const body of bodies) await under.send(OTLP, { body });
    const nodes = (await under.sink.trace(TRACE))?.nodes ?? [];
    const rows = nodes.map(({ observation, copies }) => [observation.name, copies]);
    return { rows, kinds: await kindsOf(under) };
  };

  it("identical ones right after each other: one row", async () => {
    const { rows, kinds } = await sentTwice(exportOf(span(), span()));
    expect([rows, kinds]).toEqual([[["a span", 1]], ["resent_span"]]);
  });

  it("in a later batch: both rows are returned and counted", async () => {
    const { rows, kinds } = await sentTwice(good, good);
    expect([rows, kinds]).toEqual([[["a span", 2]], ["resent_span"]]);
  });

  it("with other content: both, then the last wins whole, nothing is merged", async () => {
    const ended = exportOf(span({ name: "ended" }));
    const { rows, kinds } = await sentTwice(good, ended);
    expect([rows, kinds]).toEqual([[["ended", 2]], ["duplicate_span"]]);
  });

  it("with another start time both stay for ever", async () => {
    const moved = exportOf(span({ startTimeUnixNano: "1795348800001000000" }));
    const { rows, kinds } = await sentTwice(good, moved);
    expect(rows).toHaveLength(2);
    expect(kinds).toEqual(["duplicate_span"]);
  });
});

describe("a root is a span without parent **or** with `langfuse.internal.is_app_root`", () => {
  it("two roots where a joined span has the flag", async () => {
    const joined = span(
      { spanId: CHILD, parentSpanId: ROOT },
      { "langfuse.internal.is_app_root": true },
    );
    const { kept, kinds } = await exported(exportOf(span(), joined));
    expect(kept.map(({ root }) => root)).toEqual([true, true]);
    expect(kinds).toEqual(["second_root"]);
  });

  it("not where the flag says no", async () => {
    const child = span(
      { spanId: CHILD, parentSpanId: ROOT },
      { "langfuse.internal.is_app_root": { boolValue: false } },
    );
    expect((await exported(exportOf(span(), child))).kinds).toEqual([]);
  });
});

describe("`environment`: lower case letters, digits, `-`, `_`, at most 40, not beginning with `langfuse`", () => {
  it.each(["Production", "a b", "langfuse-x", "a".repeat(41), "", "langfuse"])(
    "%j becomes `default`",
    async (environment) => {
      const { kept, kinds } = await withAttributes({ "langfuse.environment": environment });
      expect([kept[0]?.environment, kinds]).toEqual(["default", ["bad_environment"]]);
    },
  );

  it.each(["a".repeat(40), "staging_2-b"])("%j stays", async (environment) => {
    const { kept, kinds } = await withAttributes({ "langfuse.environment": environment });
    expect([kept[0]?.environment, kinds]).toEqual([environment, []]);
  });
});

describe("an observation shows `{...its own, ...the trace's}` metadata", () => {
  it("the trace's value wins, and the sink says so", async () => {
    const { kept, kinds } = await withAttributes({
      "langfuse.observation.metadata.source": "frontend-proxy",
      "langfuse.observation.metadata.own": "a",
      "langfuse.trace.metadata.source": "frontend-click",
      "langfuse.trace.metadata.plan": "pro",
    });
    expect(kept[0]?.metadata).toEqual({ source: "frontend-click", own: "a", plan: "pro" });
    expect(kinds).toEqual(["shadowed_metadata"]);
  });

  it("the same value is no loss", async () => {
    const { kinds } = await withAttributes({
      "langfuse.observation.metadata.source": "a",
      "langfuse.trace.metadata.source": "a",
    });
    expect(kinds).toEqual([]);
  });
});

describe("metadata text that reads as JSON comes back parsed", () => {
  it.each<[string, unknown]>([
    ["123", 123],
    ["1e5", 100000],
    ["1.10", 1.1],
    ["null", null],
    ["true", true],
    ["[1,2]", [1, 2]],
    ['"quoted"', "quoted"],
    ['{"a":1}', { a: 1 }],
    ["007", "007"],
    ["12345678901234567890", "12345678901234567890"],
    ["plain", "plain"],
    ["", ""],
  ])("%j as %j", async (text, expected) => {
    const { kept } = await withAttributes({ "langfuse.observation.metadata.k": text });
    expect(kept[0]?.metadata).toEqual({ k: expected });
    const { scores } = await scored({ ...SCORE, metadata: { k: text } });
    expect(scores[0]?.metadata).toEqual({ k: expected });
  });
});

describe("`modelParameters`: numbers stay, lists, objects and booleans come back as text", () => {
  it("of each kind", async () => {
    const { kept } = await withAttributes({
      "langfuse.observation.model.parameters":
        '{"temperature":0.2,"stop":["a"],"format":{"type":"json"},"stream":true,"tier":"auto"}',
    });
    expect(kept[0]?.modelParameters).toEqual({
      temperature: 0.2,
      stop: '["a"]',
      format: '{"type":"json"}',
      stream: "true",
      tier: "auto",
    });
  });
});

describe("if the scope's name does not begin with `langfuse-sdk`, every attribute is repeated in the metadata", () => {
  it("of each span", async () => {
    const foreign = {
      resourceSpans: [
        { scopeSpans: [{ scope: { name: "mine" }, spans: [span({}, { "session.id": "chat" })] }] },
      ],
    };
    const { kept, kinds } = await exported(foreign);
    expect(kept[0]?.metadata).toEqual({ "attributes.session.id": "chat" });
    expect(kinds).toEqual(["scope_noise"]);
  });
});

describe("`traces`, `observations`, `sessions`, `scores`, `v2/scores`, `metrics/daily` answer 404", () => {
  it.each([
    "traces",
    `traces/${TRACE}`,
    "observations",
    "sessions",
    "scores",
    "v2/scores",
    "metrics/daily",
  ])("%s", async (path) => {
    const { app, send } = sinkUnderTest();
    await send(OTLP, { body: good });
    const headers = { authorization: `Basic ${btoa("pk-lf-sink:sk-lf-sink")}` };
    expect((await app.request(`/sink/api/public/${path}`, { headers })).status).toBe(404);
  });
});

describe("only `score-create` and `sdk-log` pass: 207 with one 400 per event, “Event type not accepted”", () => {
  it.each(["trace-create", "span-create", "generation-update", "event-create", "score-delete"])(
    "%s",
    async (type) => {
      const { send } = sinkUnderTest();
      const batch = [{ ...scoreEvent({ id: "x" }), id: "e", type }, scoreEvent(SCORE)];
      const answer = await send(INGESTION, { body: { batch } });
      expect([answer.status, await answer.json()]).toMatchObject([
        207,
        {
          successes: [{ id: "event-1", status: 201 }],
          errors: [{ id: "e", status: 400, message: "Event type not accepted" }],
        },
      ]);
    },
  );
});

describe("a score: `id`, `timestamp`, `type`, `body: {id, traceId, observationId?, sessionId?, name, value, dataType?, comment?, metadata?}`", () => {
  it.each<[string, object | undefined]>([
    ["no body", undefined],
    ["no name", { ...SCORE, name: undefined }],
    ["no value", { ...SCORE, value: null }],
    ["a flag as its value", { ...SCORE, value: true }],
    ["neither a trace nor a session", { ...SCORE, traceId: undefined }],
    ["a trace id that is no text", { ...SCORE, traceId: 7 }],
    ["only a dataset run", { ...SCORE, traceId: undefined, datasetRunId: "r" }],
    [
      "an observation of no trace",
      { ...SCORE, traceId: undefined, sessionId: "c", observationId: "o" },
    ],
    ["an observation id that is no text", { ...SCORE, observationId: 1 }],
    ["an id that is no text", { ...SCORE, id: 5 }],
    ["a comment that is no text", { ...SCORE, comment: {} }],
    ["an unknown data type", { ...SCORE, dataType: "STARS" }],
    ["a value that does not fit its data type", { ...SCORE, dataType: "NUMERIC", value: "much" }],
    ["a boolean of 2", { ...SCORE, dataType: "BOOLEAN", value: 2 }],
  ])("is refused with %s", async (_name, body) => {
    const { status, successes, errors, scores } = await scored(body);
    expect([status, successes, errors, scores]).toMatchObject([
      207,
      [],
      [{ id: "event-1", status: 400 }],
      [],
    ]);
  });

  it.each([undefined, 1795348800000, "now", "2026-11-22"])(
    "is refused with %j for its timestamp",
    async (timestamp) => {
      const { send } = sinkUnderTest();
      const answer = await send(INGESTION, {
        body: { batch: [{ ...scoreEvent(SCORE), timestamp }] },
      });
      expect(await answer.json()).toMatchObject({ successes: [], errors: [{ status: 400 }] });
    },
  );

  it("is taken with all of it", async () => {
    const body = {
      ...SCORE,
      observationId: ROOT,
      sessionId: "chat",
      dataType: "NUMERIC",
      comment: "good",
      metadata: { by: "ada" },
    };
    const { successes, scores, kinds } = await scored(body);
    expect([successes.length, scores, kinds]).toMatchObject([
      1,
      [{ id: "s1", comment: "good" }],
      [],
    ]);
  });
});
