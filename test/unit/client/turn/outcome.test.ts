import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answered } from "../../../../src/client/stream/answered.ts";
import { endingOf, type Outcome } from "../../../../src/client/turn/outcome.ts";

const causes = fc.constantFrom<Outcome>("completed", "stopped", "abandoned", "failed");
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

test.each<[Outcome, unknown, object]>([
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
