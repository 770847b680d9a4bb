import { expect, test } from "vitest";
import { endingOf } from "../../../../src/client/answer/outcome.ts";

const outcomeOf = (finishReason: string): unknown =>
  endingOf({ finished: true, finishReason }, "completed").outcome;

test.each([
  ["stop", "completed"],
  ["length", "cut"],
  ["MAX_TOKENS", "cut"],
  ["max_output_tokens", "cut"],
  ["model_context_window_exceeded", "cut"],
  ["content_filter", "filtered"],
  ["refusal", "refused"],
  ["MALFORMED_FUNCTION_CALL", "failed"],
])("%s is %s", (reason, outcome) => {
  expect(outcomeOf(reason)).toBe(outcome);
});

test("a reason that is made to be slow to read holds up no page", () => {
  const began = performance.now();
  expect(outcomeOf("max".repeat(200_000))).toBe("completed");
  // It takes some ms; a search from each of these words would be a minute.
  expect(performance.now() - began).toBeLessThan(30_000);
});
