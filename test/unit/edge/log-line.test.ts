// Nothing of a payload is in a log line, whether the edge masks or not.
import { afterEach, describe, expect, test, vi } from "vitest";
import { LOG_LEVELS, logFrom } from "../../../src/log.ts";
import { edgeUnderTest, KEYS } from "./edge-under-test.ts";
import { MASKING } from "./interpret/masking.ts";

const lines: string[] = [];
logFrom("debug");
for (const level of LOG_LEVELS) {
  vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
}
afterEach(() => void lines.splice(0));

describe("a log line", () => {
  // In every place of a request where a client can put text.
  const MARK = "m4rk-of-the-payload";
  const REQUESTS: readonly (readonly [what: string, body: unknown])[] = [
    ["a payload", { action: "create_span", data: { traceId: MARK, input: MARK, name: MARK } }],
    [
      "ids",
      { action: "end_span", id: MARK, clientId: MARK, sessionId: MARK, data: { spanId: MARK } },
    ],
    ["an unknown action", { action: MARK, data: {} }],
    ["a field of the wrong kind", { action: "create_trace", data: { name: { [MARK]: MARK } } }],
    [
      "a field that is misspelled",
      { action: "create_trace", data: { traceId: "t", [MARK]: 1, metdata: MARK } },
    ],
    ["a time that is none", { action: "create_trace", data: { traceId: "t", startTime: MARK } }],
    [
      "usage that is none",
      { action: "create_generation", data: { traceId: "t", usage: { [MARK]: MARK } } },
    ],
    ["a level that is none", { action: "create_event", data: { traceId: "t", level: MARK } }],
    ["no JSON", `{"action":"${MARK}`],
    ["no envelope", [MARK]],
    ["a key of the envelope", { actions: MARK, [MARK]: MARK }],
  ];

  test.each(REQUESTS)("has nothing of %s", async (_what, body) => {
    for (const env of [KEYS, MASKING]) {
      await edgeUnderTest({ env }).post(body, { "user-agent": MARK, referer: `https://x/${MARK}` });
    }
    expect(lines).toHaveLength(2);
    expect(lines.join("\n")).not.toContain(MARK);
  });

  test("has nothing of an object's failure but its kind", async () => {
    const answer = (): never => {
      throw new SyntaxError(`Unexpected token 'm', "${MARK}" is not valid JSON`);
    };
    const { post } = edgeUnderTest({ answer });
    const { status } = await post({ action: "create_event", data: { traceId: "t" } });
    expect(status).toBe(503);
    expect(lines.join("\n")).toContain("SyntaxError");
    expect(lines.join("\n")).not.toContain(MARK);
  });

  test("has nothing of the address that was called", async () => {
    const { app } = edgeUnderTest();
    await app.request(`/${MARK}?${MARK}=${MARK}`);
    expect(lines).toHaveLength(1);
    expect(lines.join("\n")).not.toContain(MARK);
  });
});
