import { expect, test } from "vitest";
import { tracedFetch } from "../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../src/client/index.ts";
import { interpret } from "../../../src/edge/interpret/interpret.ts";
import { MAX_ACTIONS } from "../../../src/protocol/limits.ts";
import { readEnvelope } from "../../../src/edge/trace/read-envelope.ts";
import { langfuseTraceId } from "../../../src/protocol/ids.ts";

test("the edge takes each action of a turn, and means the same by it", async () => {
  const now = Date.now();
  const bodies: unknown[] = [];
  const client = new LangfuseProxy({
    sessionId: "s1",
    userId: "ada",
    fetch: async (_url, init) => {
      const body = JSON.parse(init?.body as string) as { actions: unknown[] };
      bodies.push(body);
      return Response.json({ results: body.actions.map(() => ({ success: true })) });
    },
  });
  const stream =
    'data: {"model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}}\n\n';
  const fetch = tracedFetch({
    client,
    assistantName: "Bot",
    assistantId: "asst_1",
    tags: ["demo"],
    fetch: async () => new Response(stream, { headers: { "content-type": "text/event-stream" } }),
  });
  const response = await fetch("/api/chat", { method: "POST", body: '{"prompt":"Hello"}' });
  await response.text();
  await client.score({ traceId: "t1", name: "thumb", value: 1, comment: "good" });
  await client.flush();

  const interpreted = bodies.flatMap((body) => {
    const read = readEnvelope(body, { now }, MAX_ACTIONS);
    if ("code" in read) throw new Error(read.message);
    expect(read.envelope).toMatchObject({ sessionId: "s1", sentAt: expect.any(Number) });
    return read.actions.map((raw) =>
      interpret(raw, read.envelope, { traceIdFormat: "derived", now }),
    );
  });
  expect(interpreted.filter(({ kind }) => kind === "refused")).toEqual([]);
  const changes = interpreted.flatMap((one) => (one.kind === "action" ? [one.action.change] : []));
  expect(changes.flatMap(({ notes }) => notes ?? [])).toEqual([]);
  const observed = changes.filter((change) => change.kind === "change");
  const [created] = observed;
  expect(created).toMatchObject({ op: "create", root: true, tags: ["demo"] });
  expect(created?.trace).toBe(langfuseTraceId(created?.rawTrace ?? ""));
  expect(observed.at(-1)).toMatchObject({ op: "end", root: true });
  const generation = observed.find(({ op, type }) => op === "create" && type === "generation");
  const end = observed.find(({ op, target }) => op === "end" && target === generation?.target);
  expect(JSON.parse(end?.fields?.usageDetails ?? "{}")).toEqual({
    input: 3,
    input_cached_tokens: 2,
    total: 6,
    output: 1,
  });
  const spans = observed.filter(({ op, root }) => op !== "update" && root === undefined);
  for (const { target } of spans) expect(target).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(spans.map(({ target }) => target)).size).toBe(3);
});
