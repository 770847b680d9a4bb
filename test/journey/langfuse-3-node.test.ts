// `langfuse` 3.39 in Node, unchanged but for its base URL: what arrives in a Langfuse of v4 is what a Langfuse of
// before v4 makes of the very same events.
import { Langfuse } from "langfuse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordInFrontOf, type Recorder } from "../clients/support/recorder.ts";
import { langfuseTraceId } from "../../src/protocol/ids.ts";
import { acceptingLangfuse, PROMPT } from "../support/accepting-langfuse.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { arrivedFacts, mergedFacts, type SentEvent } from "../support/legacy-merge.ts";
import { KEYS, keyVars } from "../support/post.ts";
import {
  attributesOf,
  recordingLangfuse,
  type RecordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  langfuse.behave(({ path }) =>
    path.startsWith("/api/public/v2/prompts/")
      ? {
          status: 200,
          body: JSON.stringify(PROMPT),
          headers: { "content-type": "application/json" },
        }
      : "ok",
  );
  const vars = {
    ...keyVars(langfuse.url),
    TRACE_IDLE_SECONDS: "1",
    LANGFUSE_FLUSH_INTERVAL: "0.5",
  };
  edge = await startEdge({ vars });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
});

/** An application with all that the SDK has, which names its own ids. */
async function application(client: Langfuse, suffix: string): Promise<void> {
  const trace = client.trace({
    id: `js3-trace-${suffix}`,
    name: "answer",
    sessionId: "chat-3",
    userId: "ada",
    release: "r7",
    version: "trace-version",
    tags: ["beta", "js"],
    metadata: { plan: { name: "pro" }, source: "app" },
    input: { question: "why?" },
  });
  const prompt = await client.getPrompt("greeting");
  const outer = trace.span({ id: `outer-${suffix}`, name: "outer", input: [1, 2], version: "own" });
  const inner = outer.span({ id: `inner-${suffix}`, name: "inner", metadata: { source: "inner" } });
  const generation = inner.generation({
    id: `generation-${suffix}`,
    name: "llm",
    model: "gpt-4o",
    modelParameters: { temperature: 0.5, stop: ["a"] },
    input: [{ role: "user", content: "why?" }],
    prompt,
  });
  generation.update({ completionStartTime: new Date(), metadata: { attempt: { first: true } } });
  generation.update({ usage: { promptTokens: 12, completionTokens: 3, totalTokens: 15 } });
  generation.end({
    output: { role: "assistant", content: "because" },
    metadata: { attempt: { n: 1 } },
  });
  inner.end({ level: "WARNING", statusMessage: "slow" });
  outer.event({ id: `event-${suffix}`, name: "clicked", input: "button" });
  outer.end({ output: "done" });
  trace.score({ id: `score-${suffix}`, name: "liked", value: 1, comment: "yes" });
  generation.score({
    id: `score2-${suffix}`,
    name: "tone",
    value: "warm",
    dataType: "CATEGORICAL",
  });
  trace.update({
    output: "because",
    metadata: { plan: { seats: 2 } },
    tags: ["late"],
    public: true,
  });
  await client.flushAsync();
}

const eventsOf = (recorder: Recorder): SentEvent[] =>
  recorder.requests
    .filter(({ path }) => path === "/api/public/ingestion")
    .flatMap(({ body }) => (JSON.parse(body) as { batch: SentEvent[] }).batch);

/** What was sent, without times and random ids of events. */
const said = (events: readonly SentEvent[]): unknown[] =>
  events
    .map(({ type, body }) => {
      const { timestamp: _t, startTime: _s, endTime: _e, completionStartTime: _c, ...rest } = body;
      return { type, ...rest };
    })
    .map((one) => JSON.stringify(one))
    .sort();

describe("langfuse 3.39 in Node", () => {
  it("writes through the edge what it writes directly, and it arrives as Langfuse merges it", async () => {
    const direct = await acceptingLangfuse();
    const recorder = await recordInFrontOf(edge.url);
    for (const baseUrl of [direct.url, recorder.url]) {
      const client = new Langfuse({ ...KEYS, baseUrl });
      await application(client, "1");
      await client.shutdownAsync();
    }
    expect(said(eventsOf(recorder))).toEqual(said(direct.events()));
    const trace = langfuseTraceId("js3-trace-1");
    const mine = () => langfuse.spans().filter(({ traceId }) => traceId === trace);
    await until(() => mine().length >= 5 && langfuse.scores().length >= 2);
    const [arrived, merged] = [arrivedFacts(mine()), mergedFacts(eventsOf(recorder))];
    expect(Object.fromEntries(arrived)).toEqual(Object.fromEntries(merged));
    const generation = mine().find(({ name }) => name === "llm");
    expect(generation && attributesOf(generation)["langfuse.observation.usage_details"]).toBe(
      '{"input":12,"output":3,"total":15}',
    );
    expect(mine().filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
    expect(langfuse.scores().map(({ id, value }) => [id, value])).toEqual([
      ["score-1", 1],
      ["score2-1", "warm"],
    ]);
    await recorder.close();
    await direct.close();
  });

  it("is given every one of 200 traces that are written at once, by few calls of objects", async () => {
    const client = new Langfuse({ ...KEYS, baseUrl: edge.url, flushAt: 100 });
    const errors: unknown[] = [];
    client.on("error", (error) => errors.push(error));
    const ids = Array.from({ length: 200 }, (_, n) => `many-${n}`);
    for (const id of ids) {
      const trace = client.trace({ id, name: "many", input: id });
      trace.span({ name: "work", input: id }).end({ output: id });
      trace.update({ output: id });
    }
    await client.shutdownAsync();
    const traces = new Set(ids.map((id) => langfuseTraceId(id)));
    const mine = () => langfuse.spans().filter(({ traceId }) => traces.has(traceId));
    await until(() => mine().length >= 400);
    expect(mine()).toHaveLength(400);
    expect(new Set(mine().map(({ traceId, spanId }) => `${traceId}/${spanId}`)).size).toBe(400);
    for (const span of mine()) {
      const { "langfuse.observation.input": input, "langfuse.observation.output": output } =
        attributesOf(span);
      expect(output).toBe(input);
    }
    expect(errors).toEqual([]);
    const requests = edge
      .log()
      .split("\n")
      .filter((line) => line.includes('"event":"request"'))
      .map((line) => JSON.parse(line) as { keys?: number; events?: number });
    const large = requests.filter(({ events = 0 }) => events === 100);
    expect(large.length).toBeGreaterThan(5);
    for (const { keys } of large) expect(keys).toBeLessThanOrEqual(8);
  });

  it("loses nothing by an event that is refused, though it sends its whole batch again and again", async () => {
    const recorder = await recordInFrontOf(edge.url);
    const client = new Langfuse({ ...KEYS, baseUrl: recorder.url, fetchRetryDelay: 10 });
    const trace = client.trace({ id: "js3-poison", name: "beside poison" });
    client.score({ traceId: "js3-poison", name: "", value: 1 });
    trace.generation({ name: "neighbour", level: "LOUD" as never }).end({ output: "here" });
    await client.shutdownAsync();
    expect(recorder.requests).toHaveLength(4);
    const id = langfuseTraceId("js3-poison");
    const mine = () => langfuse.spans().filter(({ traceId }) => traceId === id);
    await until(() => mine().length >= 2);
    expect(mine().map(({ name }) => name)).toEqual(["beside poison", "neighbour"]);
    const notes = mine().map(
      (span) => attributesOf(span)["langfuse.observation.metadata.langfuse_edge_notes"],
    );
    expect(notes[1]).toContain("level: must be one of");
    await recorder.close();
  });

  it("keeps an event once, however often its batch is sent", async () => {
    const recorder = await recordInFrontOf(edge.url);
    const client = new Langfuse({ ...KEYS, baseUrl: recorder.url });
    await application(client, "again");
    await client.shutdownAsync();
    const trace = langfuseTraceId("js3-trace-again");
    const mine = () => langfuse.spans().filter(({ traceId }) => traceId === trace);
    await until(() => mine().length >= 5);
    for (const { method, path, headers, body } of recorder.requests) {
      if (path !== "/api/public/ingestion") continue;
      const authorization = `Basic ${btoa(`${KEYS.publicKey}:${KEYS.secretKey}`)}`;
      const answer = await fetch(edge.url + path, {
        method,
        headers: { ...headers, authorization },
        body,
      });
      const { successes, errors } = await answer.json<{
        successes: unknown[];
        errors: unknown[];
      }>();
      expect([answer.status, errors, successes.length > 0]).toEqual([207, [], true]);
    }
    // Another trace that comes after it has arrived: what was sent again would have, too.
    await application(client, "after");
    const after = langfuseTraceId("js3-trace-after");
    await until(() => langfuse.spans().filter(({ traceId }) => traceId === after).length >= 5);
    expect(mine()).toHaveLength(5);
    await recorder.close();
  });
});
