// What an uptime check sees of a deployment that takes everything and delivers nothing.
import { afterEach, expect, test } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars, post } from "../support/post.ts";

let edge: RunningEdge | undefined;
afterEach(() => edge?.stop());
const authorization = `Basic ${btoa(`${KEYS.publicKey}:${KEYS.secretKey}`)}`;

async function healthOf(headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(`${edge?.url}/api/langfuse/trace`, { headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

test("without a queue what is sent is kept, and health is degraded", async () => {
  edge = await startEdge({ vars: keyVars("http://127.0.0.1:9"), queue: false });
  const action = { action: "create_event", data: { traceId: "t", name: "e" } };
  expect((await post(edge.url, action, { authorization })).status).toBe(200);
  expect(await healthOf()).toMatchObject({ status: "degraded", langfuse_configured: true });
  expect(await healthOf({ authorization })).toMatchObject({
    status: "degraded",
    delivery_problems: [{ code: "queue_missing" }],
  });
  expect(edge.log()).toContain("CLAIMS: no queue is bound; nothing is delivered");
});

test("a misspelt setting that was to mask stops everything, and is named", async () => {
  edge = await startEdge({ vars: { ...keyVars("http://127.0.0.1:9"), MASKS: "email" } });
  const action = { action: "create_event", data: { traceId: "t", input: "ada@example.com" } };
  expect(await post(edge.url, action, { authorization })).toMatchObject({
    status: 503,
    body: { error: { code: "masking_not_configured" } },
  });
  expect(await healthOf({ authorization })).toMatchObject({
    status: "masking_not_configured",
    problems: ["MASKS: unknown setting, probably MASK; no writes are taken until it is right"],
  });
  expect(edge.log()).toContain("MASKS: unknown setting");
});
