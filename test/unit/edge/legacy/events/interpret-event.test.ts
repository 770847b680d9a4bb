// Events as clients write them, each with what becomes of it. The cases are named after the clients whose sources
// they were read in.
import { describe, expect, it, test } from "vitest";
import type { Change, ScoreChange } from "../../../../../src/protocol/change.ts";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
  traceRecordId,
} from "../../../../../src/protocol/ids.ts";
import { makePrivacy } from "../../../../../src/privacy/privacy.ts";
import type { LegacyContext } from "../../../../../src/edge/legacy/events/context.ts";
import {
  type InterpretedEvent,
  interpretEvent,
} from "../../../../../src/edge/legacy/events/interpret-event.ts";
import { isRefused, readEvent } from "../../../../../src/edge/legacy/events/read-event.ts";
import { NOW } from "../../interpret/interpreting.ts";

const SERVER: LegacyContext = { traceIdFormat: "derived", now: NOW, writer: "server" };
type Body = Record<string, unknown>;

function interpreted(
  type: string,
  body: unknown,
  more: { envelope?: Body; context?: Partial<LegacyContext>; traces?: Body } = {},
): InterpretedEvent {
  const raw = { id: "e-1", type, timestamp: new Date(NOW).toISOString(), body, ...more.envelope };
  const event = readEvent(raw, NOW);
  if (isRefused(event)) return { kind: "refused", refusal: event };
  const traceOf = (id: string) => more.traces?.[id] as string | undefined;
  return interpretEvent(event, { ...SERVER, ...more.context }, traceOf);
}

function changes(...args: Parameters<typeof interpreted>): (Change | ScoreChange)[] {
  const event = interpreted(...args);
  if (event.kind !== "kept") throw new Error(`not kept: ${JSON.stringify(event)}`);
  return event.items.map(({ action }) => action.change);
}
function change(...args: Parameters<typeof interpreted>): Change {
  const [only] = changes(...args);
  if (only?.kind !== "change") throw new Error("a score");
  return only;
}
function score(...args: Parameters<typeof interpreted>): Body {
  const [only] = changes(...args);
  if (only?.kind !== "score") throw new Error("no score");
  return JSON.parse(only.body) as Body;
}
const refused = (...args: Parameters<typeof interpreted>) => {
  const event = interpreted(...args);
  return event.kind === "refused" ? [event.refusal.status, event.refusal.error] : event.kind;
};

const T = langfuseTraceId("t");
const ROOT = rootObservationId(T);
const idOf = (id: string): string => langfuseObservationId(T, id);

test("how many a sampled trace stands for is not a client's to say", () => {
  for (const type of ["trace-create", "span-create"]) {
    const metadata = { langfuse_edge_weight: 1e9, plan: "pro" };
    expect(change(type, { id: "t", traceId: "t", metadata }).metadata).toEqual([["plan", "pro"]]);
  }
});

describe("Dify", () => {
  it("tells of what is over: complete creates, backdated, an id that is also the trace's", () => {
    const body = {
      id: "t",
      traceId: "t",
      name: "workflow",
      startTime: "2026-11-20T10:00:00.123456Z",
      endTime: "2026-11-20T10:00:03Z",
      input: { q: 1 },
      output: "so",
      level: "DEFAULT",
      parentObservationId: "never-comes",
      metadata: { node: { id: 3 } },
    };
    expect(change("span-create", body)).toEqual({
      kind: "change",
      op: "create",
      trace: T,
      rawTrace: "t",
      target: idOf("t"),
      rawTarget: "t",
      type: "span",
      parent: idOf("never-comes"),
      legacy: true,
      fields: {
        name: "workflow",
        startTime: Date.parse("2026-11-20T10:00:00.123Z"),
        endTime: Date.parse("2026-11-20T10:00:03Z"),
        input: '{"q":1}',
        output: "so",
        level: "DEFAULT",
      },
      metadata: [["node", '{"id":3}']],
    });
  });
});

describe("LiteLLM", () => {
  it("has ids with slashes, as long as Langfuse takes", () => {
    const id = `time-10-00-00-000000_chatcmpl-${"x/".repeat(380)}`;
    const its = change("generation-create", { id, traceId: id, usage: null });
    expect(its.target).toBe(langfuseObservationId(langfuseTraceId(id), id));
    expect([its.rawTarget, its.rawTrace]).toEqual([id, id]);
  });

  it.each([
    [
      { prompt_tokens: 10, completion_tokens: 4, total_cost: 0.5 },
      '{"input":10,"output":4}',
      '{"total":0.5}',
    ],
    [
      { promptTokens: 10, completionTokens: 4, totalTokens: 14 },
      '{"input":10,"output":4,"total":14}',
      undefined,
    ],
    [
      { input: 10, output: 4, unit: "TOKENS", inputCost: 1, outputCost: 2, totalCost: 3 },
      '{"input":10,"output":4}',
      '{"input":1,"output":2,"total":3}',
    ],
    [{}, undefined, undefined],
    [null, undefined, undefined],
    [{ input: null, output: "7" }, '{"output":7}', undefined],
  ])("usage %j", (usage, usageDetails, costDetails) => {
    const { fields = {}, notes } = change("generation-create", { id: "g", traceId: "t", usage });
    expect([fields.usageDetails, fields.costDetails, notes]).toEqual([
      usageDetails,
      costDetails,
      undefined,
    ]);
  });

  it("gives usage in OpenAI's own shapes, whose details are parts of it", () => {
    const usageDetails = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 30, audio_tokens: null },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    const costDetails = { input: 0.1, output: 0.2, total: 0.3 };
    const { fields } = change("generation-create", {
      id: "g",
      traceId: "t",
      usageDetails,
      costDetails,
    });
    expect(JSON.parse(fields?.usageDetails ?? "")).toEqual({
      input: 70,
      output: 30,
      total: 150,
      input_cached_tokens: 30,
      output_reasoning_tokens: 20,
    });
    expect(fields?.costDetails).toBe(JSON.stringify(costDetails));
  });
});

describe("Go", () => {
  it("writes the first moment of its calendar, a nil and an empty usage for what is unset", () => {
    const body = {
      id: "g",
      traceId: "t",
      startTime: "2026-11-22T11:59:00Z",
      endTime: "0001-01-01T00:00:00Z",
      completionStartTime: "0001-01-01T00:00:00Z",
      Metadata: null,
      metadata: null,
      usage: {},
      level: "",
      parentObservationId: "",
      promptVersion: 0,
    };
    const its = change("generation-create", body);
    expect(its.fields).toEqual({ startTime: NOW - 60_000 });
    expect([its.notes, its.metadata, its.parent]).toEqual([undefined, undefined, undefined]);
  });

  it("leaves a score of 0 out", () => {
    expect(score("score-create", { id: "s", traceId: "t", name: "n" })).toEqual({
      id: "s",
      traceId: T,
      name: "n",
      value: 0,
    });
  });
});

describe("PHP", () => {
  it("writes an empty list for an empty object", () => {
    const empty = {
      metadata: [],
      modelParameters: [],
      usage: [],
      usageDetails: [],
      costDetails: [],
      tags: [],
    };
    const its = change("generation-create", { id: "g", traceId: "t", ...empty });
    expect([its.fields, its.metadata, its.notes]).toEqual([
      { startTime: NOW },
      undefined,
      undefined,
    ]);
  });
});

describe("older Python", () => {
  it("updates a span without its trace: the one that is known of it, else one of its own", () => {
    const body = { id: "x", endTime: "2026-11-22T12:00:00Z" };
    expect(change("span-update", body, { traces: { x: "t" } }).trace).toBe(T);
    expect(change("span-update", body).trace).toBe(langfuseTraceId("x"));
  });

  it("creates what names no trace: a trace of its own, with its record", () => {
    const [record, span] = changes("span-create", { id: "x", name: "lonely" });
    const trace = langfuseTraceId("x");
    expect(record).toEqual({
      kind: "change",
      op: "create",
      trace,
      rawTrace: "x",
      target: traceRecordId(trace),
      root: true,
      legacy: true,
      fields: { name: "lonely", startTime: NOW },
      traceFields: { name: "lonely" },
    });
    expect(span).toMatchObject({ trace, target: langfuseObservationId(trace, "x"), type: "span" });
  });

  it("times without a zone are UTC", () => {
    const body = { id: "x", traceId: "t", startTime: "2026-11-22T11:00:00" };
    expect(change("span-create", body).fields?.startTime).toBe(NOW - 3_600_000);
  });
});

describe("Python v3 and v4", () => {
  it("send tags alone, which make no trace record", () => {
    expect(change("trace-create", { id: T, tags: ["a"], name: null })).toEqual({
      kind: "change",
      op: "update",
      trace: T,
      target: traceRecordId(T),
      root: true,
      legacy: true,
      apart: true,
      tags: ["a"],
    });
  });
});

describe("the seed's backend", () => {
  it.each(["ui2-1671234567890-abc123", "chat-7.5b0d7e21aa405b0d"])(
    "adds to the page's trace %s: a record below its root, and no other name for it",
    (id) => {
      const its = change("trace-create", { id, name: "backend-assistant-x", sessionId: "s" });
      expect(its).toMatchObject({
        joined: true,
        root: true,
        fields: { name: "backend-assistant-x" },
      });
      expect(its.traceFields).toEqual({ sessionId: "s" });
      expect(change("span-create", { id: "a", traceId: id }).joined).toBe(true);
      expect(
        change("trace-create", { id }, { context: { writer: "browser" } }).joined,
      ).toBeUndefined();
    },
  );

  it("may name the page's root as a parent, by its published id; no observation of its own takes that id", () => {
    expect(change("span-create", { id: "a", traceId: "t", parentObservationId: ROOT }).parent).toBe(
      ROOT,
    );
    for (const id of ["root", ROOT, ROOT.toUpperCase(), traceRecordId(T)]) {
      const { target } = change("span-create", { id, traceId: "t" });
      expect([ROOT, traceRecordId(T)]).not.toContain(target);
    }
    // Its own observation of that name stays its parent.
    const own = change("span-create", { id: "root", traceId: "t" });
    const child = change("span-create", { id: "b", traceId: "t", parentObservationId: "root" });
    expect(child.parent).toBe(own.target);
  });
});

describe("what cannot be used is left out, with a note, and refuses nothing", () => {
  test.each<[string, unknown, Partial<Change>]>([
    ["level", "LOUD", {}],
    ["level", 3, {}],
    ["startTime", "yesterday", { fields: { startTime: NOW } }],
    ["endTime", {}, {}],
    ["modelParameters", "none", {}],
    ["usage", "12", {}],
    ["usageDetails", [1], {}],
    ["costDetails", 3, {}],
    ["promptVersion", "three", {}],
    ["environment", "No Such!", {}],
    ["name", { en: "x" }, {}],
    ["parentObservationId", "g", {}],
  ])("%s: %j", (field, value, expected) => {
    const { notes, ...its } = change("generation-create", {
      id: "g",
      traceId: "t",
      [field]: value,
    });
    expect(notes).toHaveLength(1);
    expect(its).toMatchObject({ fields: { startTime: NOW }, ...expected });
    expect(Object.keys(its.fields ?? {})).toEqual(["startTime"]);
  });

  test("an unknown type of an observation is a span's", () => {
    const its = change("observation-create", { id: "g", traceId: "t", type: "DREAM" });
    expect([its.type, its.notes?.length]).toEqual(["span", 1]);
    expect(change("observation-create", { id: "g", traceId: "t", type: "GENERATION" }).type).toBe(
      "generation",
    );
  });

  test("metadata that is no object, tags that are none", () => {
    expect(change("trace-create", { id: "t", metadata: "m", tags: { a: 1 } })).toMatchObject({
      metadata: [["metadata", "m"]],
      notes: ["tags: must be a list of texts; left out"],
    });
  });

  test("a value that Langfuse's merge takes for none stands only where no other does", () => {
    expect(change("span-update", { id: "a", traceId: "t", input: 0, output: false })).toMatchObject(
      {
        fields: { input: "0", output: "false" },
        weak: ["input", "output"],
      },
    );
    expect(change("span-update", { id: "a", traceId: "t", output: "" }).fields).toBeUndefined();
  });
});

test("an environment is made one of Langfuse's", () => {
  const its = (environment: string) =>
    change("span-create", { id: "a", traceId: "t", environment }).traceFields?.environment;
  expect(["PROD", "langfuse-langfuse_x", "default", "x".repeat(50)].map(its)).toEqual([
    "prod",
    "x",
    "default",
    "x".repeat(40),
  ]);
});

describe("scores", () => {
  const base = { id: "s", traceId: "t", name: "n" };
  test.each<[Body, Body]>([
    [{ value: true }, { value: 1, dataType: "BOOLEAN" }],
    [{ value: "good" }, { value: "good" }],
    [
      { value: "0.5", dataType: "NUMERIC" },
      { value: 0.5, dataType: "NUMERIC" },
    ],
    [
      { value: true, dataType: "CATEGORICAL" },
      { value: "true", dataType: "CATEGORICAL" },
    ],
    [
      { value: 1, observationId: "o", comment: null, metadata: { a: 1 }, configId: "c" },
      { value: 1, observationId: idOf("o"), metadata: { a: 1 }, configId: "c" },
    ],
    [{ value: 1, observationId: null, sessionId: "x" }, { value: 1 }],
  ])("%j", (given, expected) => {
    expect(score("score-create", { ...base, ...given })).toEqual({
      ...base,
      traceId: T,
      ...expected,
    });
  });

  test("of a session, of a dataset's run, and without an id of its own", () => {
    const session = interpreted("score-create", { name: "n", value: 1, sessionId: "s" });
    expect(session).toMatchObject({ kind: "kept", items: [{ session: "s" }] });
    expect(score("score-create", { id: "a", name: "n", value: 1, datasetRunId: "r" })).toEqual({
      id: "a",
      name: "n",
      value: 1,
      datasetRunId: "r",
    });
    const [one, again] = [0, 1].map(
      () => score("score-create", { traceId: "t", name: "n", value: 1 })["id"],
    );
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(one);
  });

  test.each<[Body, string]>([
    [{ traceId: "t", value: 1 }, "body.name: is missing"],
    [{ name: "n", value: 1 }, "body: must name a traceId, a sessionId or a datasetRunId"],
    [{ ...base, value: 1, dataType: "MOOD" }, "body.dataType: is none of Langfuse's"],
    [{ ...base, value: 2, dataType: "BOOLEAN" }, "body.value: must be 0 or 1"],
    [
      { ...base, value: "x", dataType: "NUMERIC" },
      "body.value: must be text or a number that fits the dataType",
    ],
    [{ ...base, dataType: "TEXT" }, "body.value: must be text or a number that fits the dataType"],
  ])("%j is refused: nothing can be made of it", (body, error) => {
    expect(refused("score-create", body)).toEqual([400, error]);
  });
});

describe("an event that is none", () => {
  test.each<[Body, number | string]>([
    [{ id: "" }, 400],
    [{ id: null }, 400],
    [{ id: "x".repeat(801) }, 400],
    [{ type: "span-delete" }, 400],
    [{ type: "dataset-run-item-create" }, 400],
    [{ type: null }, 400],
    [{ body: null }, 400],
    [{ body: [] }, 400],
    [{ type: "sdk-log", body: { log: "x" } }, "ignored"],
    [{ timestamp: null }, "kept"],
    [{ timestamp: "0001-01-01T00:00:00Z" }, "kept"],
  ])("%j", (envelope, expected) => {
    const found = refused("span-create", { id: "a", traceId: "t" }, { envelope });
    expect(typeof found === "string" ? found : found[0]).toBe(expected);
  });

  test("an update that says of nothing what it is", () => {
    expect(refused("span-update", { traceId: "t" })).toEqual([
      400,
      "body.id: says which one, and is missing",
    ]);
  });
});

describe("a repeat", () => {
  const keyOf = (...args: Parameters<typeof interpreted>): unknown => {
    const event = interpreted(...args);
    return event.kind === "kept" && event.items[0]?.action.id;
  };
  it("has the same id, whatever else is given that id", () => {
    const key = keyOf("span-create", { id: "a", traceId: "t" });
    expect(keyOf("span-create", { id: "a", traceId: "t", output: "x" })).toBe(key);
    expect(keyOf("span-update", { id: "a", traceId: "t" })).not.toBe(key);
    expect(keyOf("span-create", { id: "b", traceId: "t" })).not.toBe(key);
    expect(keyOf("span-create", { id: "a", traceId: "t" }, { envelope: { id: "e-2" } })).not.toBe(
      key,
    );
  });
});

describe("a page", () => {
  const page: Partial<LegacyContext> = {
    writer: "browser",
    bound: { fromPage: true, tag: "0123456789abcdef", userId: "ada", sessionId: "s" },
  };
  it("writes in its owner's namespace, and within its bounds", () => {
    const its = change("trace-create", { id: "t", public: true }, { context: page });
    expect(its.rawTrace).toBe("t.0123456789abcdef");
    expect(its.traceFields).toEqual({ sessionId: "s", userId: "ada" });
    expect(refused("trace-create", { id: "t", userId: "eve" }, { context: page })).toEqual([
      401,
      "userId: is another than the token's",
    ]);
    const bound = { ...page.bound, actions: new Set(["create_score"]) };
    expect(refused("trace-create", { id: "t" }, { context: { ...page, bound } })).toEqual([
      401,
      "create_trace: is not among the token's actions",
    ]);
  });

  const base = { name: "n", value: 1 };
  const user = { fromPage: true, tag: "0123456789abcdef", userId: "ada" };
  it.each([
    ["a token of a user's", user],
    ["the public key alone, beside tokens", { fromPage: true, publicKeyOnly: true }],
  ])("scores no session of others, and no dataset run, by %s", (_, bound) => {
    const context = { writer: "browser" as const, bound };
    expect(refused("score-create", { ...base, sessionId: "s" }, { context })).toEqual([
      401,
      "sessionId: a score of a session needs a token that names the session",
    ]);
    expect(refused("score-create", { ...base, datasetRunId: "r" }, { context })).toEqual([
      401,
      "datasetRunId: only a server scores a dataset run",
    ]);
    expect(refused("score-create", { ...base, traceId: "t" }, { context })).toBe("kept");
  });

  it("scores its token's session, and where there are no tokens any", () => {
    expect(score("score-create", base, { context: page })).toMatchObject({ sessionId: "s" });
    const alone = { writer: "browser" as const, bound: { fromPage: true } };
    for (const field of ["sessionId", "datasetRunId"]) {
      expect(score("score-create", { ...base, [field]: "x" }, { context: alone })).toMatchObject({
        [field]: "x",
      });
    }
  });
});

it("masks and drops before anything is kept", () => {
  const privacy = makePrivacy({ detectors: ["email"], patterns: [], drop: [] });
  const its = change(
    "trace-create",
    { id: "t", input: "ada@example.com" },
    { context: { privacy } },
  );
  expect([its.fields?.input, its.notes]).toEqual(["[email]", ["input: masked 1 email"]]);
});

it("ids stay as they are where the edge is told so", () => {
  const its = change(
    "span-create",
    { id: "a", traceId: "T/1" },
    { context: { traceIdFormat: "verbatim" } },
  );
  expect([its.trace, its.rawTrace]).toEqual(["T/1", undefined]);
});
