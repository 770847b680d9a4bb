import { expect, test } from "vitest";
import { logLine, redacted, runtimeRecord } from "../../../src/serve/log-line.ts";

const line = (level: string, message: unknown): string =>
  JSON.stringify({ timestamp: 1, level, message });

test("an event of the Worker stays what it is", () => {
  const event = JSON.stringify({ event: "request", status: 200, level: "x" });
  expect(runtimeRecord(line("debug", event))).toEqual({
    level: "debug",
    event: "request",
    status: 200,
  });
});

test.each([
  [
    line("error", "Uncaught exception: no"),
    { level: "error", event: "runtime", message: "Uncaught exception: no" },
  ],
  [line("log", "hello"), { level: "info", event: "runtime", message: "hello" }],
  [line("log", "{broken"), { level: "info", event: "runtime", message: "{broken" }],
  [line("log", { a: 1 }), { level: "info", event: "runtime", message: '{"a":1}' }],
  ["*** Fatal", { level: "warn", event: "runtime", message: "*** Fatal" }],
  ["{", { level: "warn", event: "runtime", message: "{" }],
])("%s is told as it is", (text, record) => expect(runtimeRecord(text)).toEqual(record));

test("a line for programs, and one for people", () => {
  const record = {
    level: "info",
    event: "started",
    url: "http://127.0.0.1:8787",
    words: "a b",
    no: undefined,
  } as const;
  const now = Date.UTC(2036, 0, 1, 2, 3, 4);
  expect(JSON.parse(logLine(record, "json", now))).toEqual({
    time: "2036-01-01T02:03:04.000Z",
    level: "info",
    event: "started",
    url: "http://127.0.0.1:8787",
    words: "a b",
  });
  expect(logLine(record, "text", now)).toBe(
    '02:03:04 info  started url=http://127.0.0.1:8787 words="a b"',
  );
});

test("no secret is in it", () => {
  expect(redacted("a sk-lf-1234 b sk-lf-1234", ["sk-lf-1234"])).toBe("a … b …");
});

test("a line without end is cut", () => {
  expect(JSON.stringify(runtimeRecord("x".repeat(100_000))).length).toBeLessThan(5000);
});
