import { expect, it } from "vitest";
import { dimensionFields, figuresUrl, NONE } from "../../../../src/dashboard/figures/query.ts";

const NOW = Date.UTC(2026, 10, 28, 13, 0, 0, 250);

it("asks for what is chosen", () => {
  const choices = { range: "24h", assistant: "Rock & Roll", model: NONE, by: "model" };
  const url = new URL(
    figuresUrl({ part: ["speed", "cost"], by: "model", metric: ["turn", "network"] }, choices, NOW),
    "http://edge.test",
  );
  expect(url.pathname).toBe("/api/langfuse/figures");
  expect([...url.searchParams]).toEqual([
    ["from", String(Date.UTC(2026, 10, 27, 13))],
    ["part", "speed,cost"],
    ["by", "model"],
    ["metric", "turn"],
    ["metric", "network"],
    ["assistant", "Rock & Roll"],
    // Those without a model.
    ["model", ""],
  ]);
});

it("takes the last hour where nothing, or nothing that is known, is chosen", () => {
  for (const choices of [{}, { range: "1 year" }]) {
    const { searchParams } = new URL(
      figuresUrl({ part: ["tools"] }, choices, NOW),
      "http://edge.test",
    );
    expect(searchParams.get("from")).toBe(String(Date.UTC(2026, 10, 28, 12)));
  }
});

it("offers a dimension where there is something to choose, or to take back", () => {
  const values = {
    assistant: [
      { value: "A", turns: 2 },
      { value: "", turns: 1 },
    ],
    model: [{ value: "m", turns: 3 }],
  };
  const named = (choices: Record<string, string>) =>
    dimensionFields(values, choices).map(({ name }) => name);
  expect(named({})).toEqual(["assistant"]);
  expect(named({ model: "gone" })).toEqual(["assistant", "model"]);
  expect(dimensionFields(values, {})[0]).toMatchObject({
    options: [
      { value: "", label: "all" },
      { value: "A", label: "A" },
      { value: NONE, label: NONE },
    ],
  });
  expect(dimensionFields(undefined, {})).toEqual([]);
});
