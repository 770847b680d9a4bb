// Who a deployed Worker listens to, and that projects never mix.
import { afterEach, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, keyVars, post } from "../support/post.ts";
import { recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const edges: RunningEdge[] = [];
afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.stop();
});
async function start(vars: Record<string, string>): Promise<string> {
  const edge = await startEdge({ vars });
  edges.push(edge);
  return edge.url;
}
const event = (traceId: string, name: string) => ({
  action: "create_event",
  data: { traceId, eventId: "e", name, startTime: Date.now() },
});

it("answers not_configured without keys, and says so in health", async () => {
  const edge = await start({});
  const { status, body } = await post(edge, event("t", "lost"));
  expect(status).toBe(503);
  expect(body).toMatchObject({ success: false, error: { code: "not_configured" } });
  const health = await fetch(`${edge}/api/langfuse/trace`);
  expect(await health.json()).toEqual({
    status: "unconfigured",
    langfuse_configured: false,
    public_key_available: false,
    secret_key_available: false,
    base_url: "https://cloud.langfuse.com",
    browsers: "auth_not_configured",
  });
});

it("takes servers with the right keys only, and none of what development serves", async () => {
  const edge = await start(keyVars("http://127.0.0.1:9"));
  const refused = async (headers: Record<string, string>): Promise<unknown> =>
    (await post(edge, event("t", "e"), headers)).status;
  expect(await refused({})).toBe(503);
  expect(await refused({ authorization: "Bearer pk-lf-test" })).toBe(503);
  expect(await refused({ authorization: basic(undefined, "sk-lf-wrong") })).toBe(401);
  expect(await refused({ authorization: basic(), origin: "https://app.test" })).toBe(403);
  expect(await refused({ authorization: basic() })).toBe(200);
  for (const path of ["/", "/sink/traces", "/demo", "/dev/turn"]) {
    expect((await fetch(edge + path)).status).toBe(404);
  }
});

it("keeps projects apart: the same ids, each in its own Langfuse with its own keys", async () => {
  const [one, two] = [await recordingLangfuse(), await recordingLangfuse()];
  const projects = {
    "pk-one": { secretKey: "sk-one", baseUrl: one.url },
    "pk-two": { secretKey: "sk-two", baseUrl: two.url },
  };
  const edge = await start({
    LANGFUSE_PROJECTS: JSON.stringify(projects),
    LANGFUSE_EXTRA_HEADERS: JSON.stringify({ "cf-access-client-id": "edge" }),
    LANGFUSE_FLUSH_INTERVAL: "0.1",
  });
  for (const name of ["one", "two"]) {
    const authorization = basic(`pk-${name}`, `sk-${name}`);
    const { status } = await post(edge, event("shared", name), { authorization });
    expect(status).toBe(200);
  }
  await until(() => one.spans().length > 0 && two.spans().length > 0);
  for (const [name, langfuse] of Object.entries({ one, two })) {
    expect(langfuse.spans().map((span) => span.name)).toEqual([name]);
    for (const { headers } of langfuse.requests) {
      expect(headers).toMatchObject({
        authorization: basic(`pk-${name}`, `sk-${name}`),
        "cf-access-client-id": "edge",
      });
    }
    await langfuse.close();
  }
  // Of another project the right key is a wrong one.
  const crossed = { authorization: basic("pk-one", "sk-two") };
  expect((await post(edge, event("shared", "x"), crossed)).status).toBe(401);
});
