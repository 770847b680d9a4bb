import { expect, test } from "vitest";
import { addCost } from "../../../../src/edge/otlp/span-cost.ts";
import { SpanAttributes } from "../../../../src/edge/otlp/span-attributes.ts";

const PRICES = (model: string) =>
  model === "m" ? '{"input":2,"cached":1,"output":10}' : undefined;
const NAMED = "langfuse.observation.";

function costOf(told: Record<string, string>, prices: typeof PRICES | undefined = PRICES): unknown {
  const list = Object.entries(told).map(([key, stringValue]) => ({
    key: key.includes(".") ? key : NAMED + key,
    value: { stringValue },
  }));
  const attributes = new SpanAttributes(list);
  addCost(attributes, prices);
  const cost = attributes.text(`${NAMED}cost_details`);
  return cost === undefined ? undefined : JSON.parse(cost);
}

const USAGE = '{"input":1000000,"output":100000}';

test.each<[string, Record<string, string>, unknown]>([
  [
    "is that of its tokens",
    { "langfuse.observation.model.name": "m", usage_details: USAGE },
    { input: 2, output: 1, total: 3 },
  ],
  [
    "counts no token twice that the writer tells twice",
    {
      "langfuse.observation.model.name": "m",
      usage_details:
        '{"prompt_tokens":1000000,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":500000}}',
    },
    { input: 1, output: 0, input_cached_tokens: 0.5, total: 1.5 },
  ],
  [
    "is what the writer told",
    { "langfuse.observation.model.name": "m", usage_details: USAGE, cost_details: '{"total":7}' },
    { total: 7 },
  ],
  [
    "is none of a model without a price",
    { "langfuse.observation.model.name": "x", usage_details: USAGE },
    undefined,
  ],
  ["is none without a model", { usage_details: USAGE }, undefined],
  ["is none without tokens", { "langfuse.observation.model.name": "m" }, undefined],
  [
    "is none of a broken text",
    { "langfuse.observation.model.name": "m", usage_details: "{" },
    undefined,
  ],
  [
    "is none of a list",
    { "langfuse.observation.model.name": "m", usage_details: "[1]" },
    undefined,
  ],
  [
    "is not the edge's to say of usage in another form",
    { "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": "5" },
    undefined,
  ],
])("a span's cost %s", (_, told, cost) => {
  expect(costOf(told)).toEqual(cost);
});

test("nothing is priced where nobody set prices", () => {
  const told = { "langfuse.observation.model.name": "m", usage_details: USAGE };
  expect(costOf(told, () => undefined)).toBeUndefined();
});
