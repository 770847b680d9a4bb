import { expect, test } from "vitest";
import { readAssembly } from "../../../src/settings/assembly.ts";

const read = (env: Record<string, unknown>) => {
  const problems: string[] = [];
  return { ...readAssembly(env, problems), problems };
};

test("seconds of the settings are milliseconds from here on", () => {
  expect(read({})).toEqual({
    flushAt: 200,
    flushIntervalMs: 60_000,
    traceIdleMs: 60_000,
    openObservationIdleMs: 1_800_000,
    problems: [],
  });
  expect(read({ LANGFUSE_FLUSH_INTERVAL: "0.5" }).flushIntervalMs).toBe(500);
});

test.each(["0", "-1", "x", "1e9", "Infinity"])(
  "a time of %s is a problem, and the default",
  (text) => {
    const { traceIdleMs, problems } = read({ TRACE_IDLE_SECONDS: text });
    expect(traceIdleMs).toBe(60_000);
    expect(problems).toEqual(["TRACE_IDLE_SECONDS: must be a number from 0.05 to 86400; using 60"]);
  },
);

test("an environment that Langfuse would not take is left out, and a problem", () => {
  expect(read({ LANGFUSE_TRACING_ENVIRONMENT: "staging" }).environment).toBe("staging");
  const { environment, problems } = read({ LANGFUSE_TRACING_ENVIRONMENT: "langfuse-x" });
  expect([environment, problems.length]).toEqual([undefined, 1]);
});
