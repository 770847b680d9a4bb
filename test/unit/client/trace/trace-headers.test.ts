import { describe, expect, test } from "vitest";
import { langfuseTraceId } from "../../../../src/client/index.ts";
import { eachOnAPage, find, pass, question, traced } from "../turn/chat-under-test.ts";

eachOnAPage();

describe("trace headers", () => {
  test("to the same origin: trace context, baggage without the user, the id", async () => {
    const { edge, behind, fetch } = traced([]);
    await fetch("/api/chat", { ...question, headers: { "x-own": "1", baggage: "a=b" } });
    await pass();
    const { traceId } = find(edge.actions(), "create_trace");
    const api = edge.actions().find(({ data }) => data["name"] === "frontend-backend-api-call");
    const langfuse = langfuseTraceId(String(traceId));
    expect(behind.headers()).toEqual({
      "x-own": "1",
      traceparent: `00-${langfuse}-${String(api?.data["spanId"])}-01`,
      "x-langfuse-trace-id": langfuse,
      baggage: `a=b, langfuse_trace_id=${langfuse},langfuse_trace_name=Research%20Assistant,langfuse_session_id=s1`,
    });
  });

  test("the user only when asked for", async () => {
    const { behind, fetch } = traced([], { propagateUser: true });
    await fetch(new URL("https://app.example/api"), question);
    expect(behind.headers()["baggage"]).toMatch(/,langfuse_user_id=ada$/);
  });

  test.each<[string, boolean, (string | RegExp)[]]>([
    ["https://api.other.example/v1/chat", false, []],
    ["https://api.other.example/v1/chat", true, ["https://api.other.example"]],
    ["https://api.other.example/v1/chat", true, ["https://api.other.example/v1/"]],
    ["https://api.other.example/v2/chat", false, ["https://api.other.example/v1/"]],
    ["https://api.other.example.evil.io/", false, ["https://api.other.example"]],
    ["https://api.other.example:8443/", false, ["https://api.other.example"]],
    ["http://app.example/chat", false, []],
    ["https://one.trusted.example/", true, [/^https:\/\/[a-z]+\.trusted\.example\//g]],
    ["//app.example/x", true, []],
  ])("%s gets them: %s, with %j", async (url, gets, propagateTo) => {
    const { behind, fetch } = traced([], { propagateTo });
    await fetch(url, question);
    await fetch(url, question);
    for (const { init } of behind.asked) {
      expect(new Headers(init?.headers).has("traceparent")).toBe(gets);
    }
    if (!gets) expect(behind.asked[0]?.init).toBe(question);
  });
});
