import { describe, expect, test } from "vitest";
import { langfuseTraceId, rootObservationId } from "../../../../src/protocol/ids.ts";
import { actionOf, changeOf, interpretOne, kept, NOW, refusal } from "./interpreting.ts";

const RAW = "ui2-1671234567890-abc123";
const TRACE = langfuseTraceId(RAW);

test("the seed's create_trace becomes the root's create with everything in place", () => {
  const item = interpretOne("create_trace", {
    traceId: RAW,
    name: "Claude Assistant",
    sessionId: "s1",
    userId: "ada@example.com",
    metadata: { source: "frontend-click", messageLength: 45, nested: { a: [1] } },
    input: { message: "hi" },
    tags: ["a", "b", "a"],
    release: "r1",
    version: 2,
    environment: "staging",
    public: true,
    timestamp: "2026-11-22T11:59:00Z",
  });
  expect(changeOf(item)).toEqual({
    kind: "change",
    op: "create",
    trace: TRACE,
    rawTrace: RAW,
    target: rootObservationId(TRACE),
    root: true,
    fields: { startTime: NOW - 60_000, input: '{"message":"hi"}' },
    traceFields: {
      name: "Claude Assistant",
      sessionId: "s1",
      userId: "ada@example.com",
      release: "r1",
      version: "2",
      environment: "staging",
      public: true,
    },
    metadata: [
      ["source", "frontend-click"],
      ["messageLength", "45"],
      ["nested", '{"a":[1]}'],
    ],
    tags: ["a", "b"],
  });
  expect(kept(item).ids).toEqual({
    traceId: RAW,
    langfuseTraceId: TRACE,
    traceparent: `00-${TRACE}-${rootObservationId(TRACE)}-01`,
  });
});

test("what is null or empty text is not there at all", () => {
  const change = changeOf(
    interpretOne("update_trace", {
      traceId: RAW,
      name: "",
      userId: null,
      input: null,
      metadata: null,
      tags: [],
      version: "",
    }),
  );
  expect(change).not.toHaveProperty("fields");
  expect(change).not.toHaveProperty("traceFields");
  expect(change).not.toHaveProperty("metadata");
  expect(change).not.toHaveProperty("tags");
});

test("how many a sampled trace stands for is not a client's to say", () => {
  for (const action of ["create_trace", "update_trace", "end_trace", "create_span"]) {
    const metadata = { langfuse_edge_weight: 1e9, plan: "pro" };
    const data = { traceId: "t", spanId: "s", name: "n", metadata };
    const change = changeOf(interpretOne(action, data));
    expect(change.metadata).toEqual([["plan", "pro"]]);
    expect(change.notes).toEqual(["langfuse_edge_weight: is the edge's alone, left out"]);
  }
});

test("an id that Langfuse takes as it is has no raw twin", () => {
  const hex = "b2da82a90f74a406596bb57639b0bd19";
  expect(changeOf(interpretOne("create_trace", { id: hex }))).not.toHaveProperty("rawTrace");
  const upper = changeOf(interpretOne("create_trace", { traceId: hex.toUpperCase() }));
  expect(upper).toMatchObject({ trace: hex, rawTrace: hex.toUpperCase() });
});

test("a number as an id is its text", () => {
  expect(kept(interpretOne("create_trace", { traceId: 17 })).ids.traceId).toBe("17");
});

test("verbatim trace ids stay, and have no traceparent", () => {
  const item = interpretOne(
    "create_trace",
    { traceId: RAW },
    { context: { traceIdFormat: "verbatim" } },
  );
  expect(kept(item).ids).toEqual({ traceId: RAW, langfuseTraceId: RAW });
  expect(changeOf(item)).not.toHaveProperty("rawTrace");
});

test("end_trace leaves the end to the session, and does not read a begin as an end", () => {
  const change = changeOf(interpretOne("end_trace", { traceId: RAW, timestamp: NOW, output: "x" }));
  expect(change).toMatchObject({ op: "end", root: true, fields: { output: "x" } });
  expect(change.fields).not.toHaveProperty("endTime");
  expect(change.fields).not.toHaveProperty("startTime");
});

describe("without a trace id", () => {
  test.each([
    ["create_trace", {}, undefined, "session_or_trace_required"],
    ["create_trace", { sessionId: "" }, undefined, "session_or_trace_required"],
    ["update_trace", {}, undefined, "session_or_trace_required"],
    ["update_trace", {}, "s1", "trace_required"],
    ["end_trace", { sessionId: "s1" }, undefined, "trace_required"],
  ] as const)("%s %j in session %s: %s", (action, data, sessionId, code) => {
    const envelope = sessionId === undefined ? {} : { sessionId };
    expect(refusal(interpretOne(action, data, { envelope })).code).toBe(code);
  });

  test("a session is enough to make one, in the form of clients' own", () => {
    const data = { name: "Bot", timestamp: NOW };
    const item = interpretOne("create_trace", data, { envelope: { sessionId: "s1" } });
    const { traceId } = kept(item).ids;
    expect(traceId).toMatch(new RegExp(`^ui2-${NOW}-[0-9a-f]{12}$`));
    expect(changeOf(item)).toMatchObject({
      trace: langfuseTraceId(traceId ?? ""),
      rawTrace: traceId,
    });
    expect(actionOf(item).id).toMatch(/^content:[0-9a-f]{32}$/);
  });

  test("without a time it says 0", () => {
    expect(kept(interpretOne("create_trace", { sessionId: "s1" })).ids.traceId).toMatch(/^ui2-0-/);
  });
});
