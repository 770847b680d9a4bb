import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answered } from "../../../../src/client/stream/answered.ts";
import { type Cause, endingOf, type Outcome } from "../../../../src/client/answer/outcome.ts";

const causes = fc.constantFrom<Cause>("completed", "stopped", "abandoned", "failed");
const errors = fc.constantFrom<unknown>(
  new Error("broken"),
  new DOMException("aborted", "AbortError"),
  new DOMException("too late", "TimeoutError"),
  "a reason",
  undefined,
  null,
  7,
);
const said = fc.record<Partial<Answered>>({
  text: fc.string(),
  finished: fc.boolean(),
  stopped: fc.boolean(),
  error: fc.constantFrom("", "Overloaded"),
});

test("an error that the stream told wins over whatever ended its reading", () => {
  fc.assert(
    fc.property(said, causes, errors, (answer, cause, error) => {
      expect(endingOf({ ...answer, error: "Overloaded" }, cause, error)).toEqual({
        outcome: "failed",
        level: "ERROR",
        statusMessage: "Overloaded",
      });
    }),
  );
});

test("without one, a stop that the stream told is a stop, and a complete answer complete", () => {
  fc.assert(
    fc.property(said, causes, errors, ({ text, finished, stopped }, cause, error) => {
      const answer = { ...(text !== undefined && { text }), finished: finished === true };
      const ending = endingOf({ ...answer, stopped: stopped === true }, cause, error);
      if (stopped) expect(ending.outcome).toBe("stopped");
      else if (finished) expect(ending).toEqual({ outcome: "completed" });
      expect(ending.level === "ERROR").toBe(ending.outcome === "failed");
      expect(ending.level === "WARNING").toBe(ending.outcome === "abandoned");
      if (ending.outcome !== "failed") expect(ending).not.toHaveProperty("stack");
    }),
  );
});

test.each<[Cause, unknown, object]>([
  ["completed", undefined, { outcome: "completed" }],
  [
    "stopped",
    "a reason",
    { outcome: "stopped", statusMessage: "stopped before the answer was complete" },
  ],
  [
    "failed",
    new DOMException("aborted", "AbortError"),
    { outcome: "stopped", statusMessage: "stopped before the answer was complete" },
  ],
  ["abandoned", "gone", { outcome: "abandoned", level: "WARNING", statusMessage: "gone" }],
  ["failed", "a text", { outcome: "failed", level: "ERROR", statusMessage: "a text" }],
  ["failed", undefined, { outcome: "failed", level: "ERROR", statusMessage: "undefined" }],
])("of an answer that said nothing of itself: %s, %s", (cause, error, ending) => {
  expect(endingOf({ text: "so far" }, cause, error)).toEqual(ending);
});

test("of an error its stack is kept", () => {
  const error = new TypeError("network error");
  expect(endingOf({}, "failed", error)).toEqual({
    outcome: "failed",
    level: "ERROR",
    statusMessage: "network error",
    stack: error.stack,
  });
});

test.each<[Outcome, string[]]>([
  [
    "cut",
    ["length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_length"].concat(
      "model_context_window_exceeded",
    ),
  ],
  [
    "filtered",
    ["content_filter", "content-filter", "SAFETY", "RECITATION", "BLOCKLIST", "SPII"].concat(
      "PROHIBITED_CONTENT",
      "IMAGE_SAFETY",
      "guardrail_intervened",
    ),
  ],
  ["refused", ["refusal"]],
  [
    "failed",
    ["error", "ERROR", "MALFORMED_FUNCTION_CALL", "insufficient_system_resource", "interrupted"],
  ],
  ["completed", ["stop", "STOP", "end_turn", "tool_calls", "completed", "COMPLETE", "pause_turn"]],
])("%s, by the providers' words %j", (outcome, reasons) => {
  for (const finishReason of reasons) {
    const ending = endingOf({ text: "so far", finished: true, finishReason }, "completed");
    const level = { completed: undefined, failed: "ERROR" }[outcome as string] ?? "WARNING";
    expect(ending).toEqual(
      outcome === "completed" ? { outcome } : { outcome, level, statusMessage: finishReason },
    );
  }
});

test("a refusal in words of its own is one, though the provider says that all is well", () => {
  const said = { text: "No.", refused: true, finished: true, finishReason: "stop" };
  expect(endingOf(said, "completed")).toMatchObject({ outcome: "refused", level: "WARNING" });
});

test("the reason of an earlier step says nothing of an answer that breaks off", () => {
  const said = { text: "Half", finishReason: "length" };
  expect(endingOf(said, "failed", new TypeError("network error"))).toMatchObject({
    outcome: "failed",
    statusMessage: "network error",
  });
  expect(endingOf(said, "stopped")).toMatchObject({ outcome: "stopped" });
});

test.each([
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
  "Output blocked by content filtering policy",
  "Your request was rejected as a result of our safety system.",
])("an error by which a filter speaks is no failure: %s", (message) => {
  const ending = { outcome: "filtered", level: "WARNING" };
  expect(endingOf({ error: message }, "completed")).toMatchObject(ending);
  expect(endingOf({}, "failed", { message: `HTTP 400: ${message}` })).toMatchObject(ending);
});

test("an error about lengths is a failure", () => {
  const error = "This model's maximum context length is 128000 tokens.";
  expect(endingOf({ error }, "completed")).toMatchObject({ outcome: "failed", level: "ERROR" });
});
