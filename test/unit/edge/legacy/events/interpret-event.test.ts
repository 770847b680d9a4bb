// Events of older clients, each with what becomes of it, whoever wrote it.
import { describe, expect, it, test } from "vitest";
import type { Change } from "../../../../../src/protocol/change.ts";
import { makePrivacy } from "../../../../../src/privacy/privacy.ts";
import { NOW } from "../../interpret/interpreting.ts";
import { type Body, interpreted, change, refused } from "./interpreting-events.ts";

test("how many a sampled trace stands for is not a client's to say", () => {
  for (const type of ["trace-create", "span-create"]) {
    const metadata = { langfuse_edge_weight: 1e9, plan: "pro" };
    expect(change(type, { id: "t", traceId: "t", metadata }).metadata).toEqual([["plan", "pro"]]);
  }
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
