// In development everybody is let in, until AUTH is set: then it is as it is when deployed.
import { afterEach, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, post } from "../support/post.ts";

const edges: RunningEdge[] = [];
afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.stop();
});
async function start(vars: Record<string, string>): Promise<string> {
  const edge = await startEdge({ entry: "development", vars });
  edges.push(edge);
  return edge.url;
}
const EVENT = { action: "create_event", data: { traceId: "t", name: "e" } };
const PAGE = { origin: "https://any.example.com" };

it("is open without AUTH, whatever token is shown", async () => {
  const edge = await start({});
  for (const headers of [PAGE, { ...PAGE, authorization: "Bearer whatever" }]) {
    const { status, body, headers: told } = await post(edge, EVENT, headers);
    expect([status, body["traceId"]]).toEqual([200, "t"]);
    expect(told.get("access-control-allow-origin")).toBe("*");
  }
});

it("with AUTH takes tokens of the sink's project, and nobody else", async () => {
  const edge = await start({ AUTH: "token", AUTH_TOKEN_SECRET: "x".repeat(32) });
  const asked = await fetch(`${edge}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic("pk-lf-sink", "sk-lf-sink") },
    body: JSON.stringify({ sessionId: "chat-7" }),
  });
  const { token, ownerTag } = await asked.json<{ token: string; ownerTag: string }>();
  const shown = await post(edge, EVENT, { authorization: `Bearer ${token}` });
  expect([shown.status, shown.body["traceId"]]).toEqual([200, `t.${ownerTag}`]);
  expect((await post(edge, EVENT, {})).status).toBe(401);
  expect((await post(edge, EVENT, PAGE)).status).toBe(403);
});
