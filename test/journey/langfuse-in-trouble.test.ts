// The built Worker against a Langfuse that misbehaves in every way that the contract lists: nothing
// accepted is lost, nothing is delivered twice, only the guilty record dies, and no client waits.
import { afterEach, describe, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, KEYS, keyVars, post, seedTurn } from "../support/post.ts";
import {
  type RecordedRequest,
  type RecordingLangfuse,
  recordingLangfuse,
  type Reply,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const started: { edge: RunningEdge; langfuse: RecordingLangfuse }[] = [];
async function start(behaviour: (request: RecordedRequest) => Reply) {
  const langfuse = await recordingLangfuse();
  langfuse.behave(behaviour);
  const edge = await startEdge({ vars: keyVars(langfuse.url) });
  started.push({ edge, langfuse });
  return { edge, langfuse };
}
afterEach(async () => {
  for (const { edge, langfuse } of started.splice(0)) {
    await edge.stop();
    await langfuse.close();
  }
});

async function sendTurn(edge: RunningEdge, traceId = "ui2-1671234567890-abc123") {
  const actions = seedTurn(traceId, "session-1").filter(({ action }) => action !== "flush");
  const answer = await post(edge.url, { actions });
  expect(answer.status).toBe(200);
  return traceId;
}
const pending = async (edge: RunningEdge, traceId: string): Promise<unknown> =>
  (await post(edge.url, { action: "flush", data: { traceId } })).body["pending"];
const healthOf = async (edge: RunningEdge): Promise<Record<string, unknown>> => {
  const response = await fetch(`${edge.url}/api/langfuse/trace`, {
    headers: { authorization: basic() },
  });
  return response.json<Record<string, unknown>>();
};
const errorClass = async (edge: RunningEdge): Promise<string | undefined> =>
  ((await healthOf(edge))["last_error"] as { class: string } | null)?.class;
const namesOf = (langfuse: RecordingLangfuse): string[] =>
  langfuse
    .spans()
    .map(({ name }) => name)
    .toSorted();
const TURN = [
  "Claude Assistant",
  "frontend-backend-api-call",
  "frontend-ui-processing",
  "streaming-response",
];
const names = (request: RecordedRequest): string[] =>
  JSON.stringify(request.body).match(/"name":"[^"]+"/g) ?? [];

describe("what somebody has to repair keeps everything", () => {
  const login = "<!doctype html><title>Sign in</title>";
  const html = { "content-type": "text/html" };
  it.each<[string, Reply, string]>([
    ["a redirect", { status: 302, headers: { location: "/login" } }, "wrong_url"],
    ["a login page", { status: 200, body: login, headers: html }, "wrong_url"],
    ["nothing there", { status: 404, body: "not found" }, "wrong_url"],
    ["wrong keys", { status: 401, body: '{"message":"Invalid credentials"}' }, "unauthorized"],
    ["no permission", { status: 403, body: "{}" }, "unauthorized"],
  ])("%s", async (_name, reply, expected) => {
    const { edge, langfuse } = await start(() => reply);
    const traceId = await sendTurn(edge);
    await until(async () => (await errorClass(edge)) === expected);
    expect(await pending(edge, traceId)).toBe(4);
    // Redirects are not followed: the keys go nowhere else.
    expect(new Set(langfuse.requests.map(({ path }) => path))).toEqual(
      new Set(["/api/public/otel/v1/traces"]),
    );
    expect(edge.log()).not.toContain(KEYS.secretKey);
    expect(JSON.stringify(await healthOf(edge))).not.toMatch(/pk-lf|sk-lf/);
  });
});

describe("what passes is tried again", () => {
  it.each<[string, Reply]>([
    ["too many requests", { status: 429, headers: { "retry-after": "1" } }],
    ["an error inside", { status: 500, body: "oops" }],
    ["a gateway that finds nobody", { status: 502, body: "<html>bad gateway</html>" }],
  ])("%s", async (_name, reply) => {
    let failures = 2;
    const { edge, langfuse } = await start(() => (failures-- > 0 ? reply : "ok"));
    const traceId = await sendTurn(edge);
    await until(() => langfuse.spans().length >= TURN.length);
    expect(namesOf(langfuse)).toEqual(TURN);
    await until(async () => (await pending(edge, traceId)) === 0);
    // The same bytes each time: an attempt whose outcome was unknown can't become another record.
    const sent = langfuse.requests.flatMap(({ body }) => spansIn(body));
    expect(sent.length).toBeGreaterThan(TURN.length);
    expect(new Set(sent).size).toBe(TURN.length);
  });
});

describe("what is too much or wrong is split", () => {
  it("a body too large, down to what passes", async () => {
    const { edge, langfuse } = await start((request) =>
      (request.body as object) && spanCount(request) > 1 ? { status: 413 } : "ok",
    );
    const traceId = await sendTurn(edge);
    await until(async () => (await pending(edge, traceId)) === 0);
    expect(namesOf(langfuse)).toEqual(TURN);
  });

  it("a refusal, down to the guilty record, which is kept with Langfuse's words", async () => {
    const { edge, langfuse } = await start((request) =>
      names(request).some((name) => name.includes("streaming-response"))
        ? { status: 400, body: '{"error":"span is not to my taste"}' }
        : "ok",
    );
    const traceId = await sendTurn(edge);
    await until(async () => (await pending(edge, traceId)) === 0);
    expect(namesOf(langfuse)).toEqual(TURN.filter((name) => name !== "streaming-response"));
    expect(await healthOf(edge)).toMatchObject({ pending: 0 });
  });
});

describe("a Langfuse that never answers", () => {
  it("makes no client wait, and is given everything once it answers again", async () => {
    let hanging = true;
    const { edge, langfuse } = await start(() => (hanging ? "hang" : "ok"));
    const traceId = await sendTurn(edge);
    await until(() => langfuse.requests.length > 0);
    // While the POST hangs, a hurried flush of the same session is answered.
    const flushed = await post(edge.url, { action: "flush", data: { traceId, deliver: true } });
    expect(flushed.body).toMatchObject({ success: true, pending: 4, sealed: 4 });
    expect(langfuse.spans()).toEqual([]);
    hanging = false;
    await until(() => langfuse.spans().length === 4);
    await until(async () => (await pending(edge, traceId)) === 0);
    expect(namesOf(langfuse)).toEqual(TURN);
  });
});

/** The spans of a request, each as it was sent. */
function spansIn(body: unknown): string[] {
  const { resourceSpans } = body as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => JSON.stringify(span))),
  );
}

function spanCount(request: RecordedRequest): number {
  return names(request).length - 1;
}
