// The contract's lines on how metadata and model parameters come back.
import { describe, expect, it } from "vitest";
import { span } from "../exports.ts";
import { SCORE, exported, withAttributes, scored } from "./sink-answers.ts";

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
