// The demo's turn, by the library's own hand: page's half, edge, each backend, and the sink.
import type { SeenFinding, SeenObservation, SeenTrace } from "../../src/dev/sink/view/answers.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChatTurn, traceChat, type TurnOptions } from "../../src/client/chat.ts";
import { LangfuseProxy } from "../../src/client/index.ts";
import { langfuseTraceId } from "../../src/protocol/ids.ts";
import { answerTo } from "../../src/dev/demo/backend/assistant.ts";
import type { BackendId } from "../../src/dev/demo/backends.ts";
import { type DemoBackends, demoBackends, HAS_PYTHON } from "../support/demo-backends.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { until } from "../support/until.ts";

const ASSISTANT = "Research Assistant";
const BACKEND = `backend-assistant-${ASSISTANT}`;
const QUESTION = "What is an edge proxy?";

let edge: RunningEdge;
let backends: DemoBackends;
beforeAll(async () => {
  backends = await demoBackends();
  edge = await startEdge({ entry: "development", vars: backends.vars });
  await backends.start(edge.url);
});
afterAll(async () => {
  await edge.stop();
  await backends.stop();
});

describe.each(["node", "python"] as const)("with the %s backend", (backend) => {
  const turn = it.skipIf(backend === "python" && !HAS_PYTHON);

  turn("a turn is one tree of both halves", async () => {
    const { text, trace } = await chat(backend);
    expect(text).toBe(answerTo(QUESTION, ASSISTANT).join(""));
    expect(parentsOf(trace)).toEqual({
      [ASSISTANT]: undefined,
      "frontend-ui-processing": ASSISTANT,
      "frontend-backend-api-call": ASSISTANT,
      [BACKEND]: "frontend-backend-api-call",
      "llm-call": BACKEND,
      "streaming-response": ASSISTANT,
    });
    expect(new Set(Object.values(levelsOf(trace)))).toEqual(new Set(["DEFAULT"]));
    expect(trace.roots).toHaveLength(1);
    const usage = { input: 5, output: text.trim().split(/\s+/).length };
    for (const name of ["llm-call", "streaming-response"]) {
      const { model, usage: told, timeToFirstTokenMs } = named(trace, name);
      expect({ model, told }).toMatchObject({ model: "demo-canned-1", told: usage });
      expect(timeToFirstTokenMs).toBeGreaterThan(0);
    }
    for (const { observation } of trace.nodes) {
      expect(observation, observation.name).toMatchObject({
        sessionId: "demo-session",
        userId: "ada@example.com",
        traceName: ASSISTANT,
      });
    }
    expect(Object.keys(latenciesOf(trace))).toEqual(
      expect.arrayContaining([
        "trace_created",
        "pre_api_flush",
        "post_api_flush_success",
        "first_backend_response",
        "first_chunk_received",
        "streaming_complete",
        "time_to_first_token",
      ]),
    );
    expect(await findings()).toEqual([]);
  });

  turn("what it cost stands in the trace, by the edge's prices", async () => {
    const { text, trace } = await chat(backend);
    const output = text.trim().split(/\s+/).length;
    const total = expect.closeTo((5 * 2.5 + output * 10) / 1e6, 9) as number;
    expect(named(trace, "streaming-response").cost).toMatchObject({ total });
    expect(named(trace, ASSISTANT).metadata).toMatchObject({
      totalTokens: 5 + output,
      totalCost: total,
    });
  });

  turn("a tool that the model calls is in the stream, and its result in the answer", async () => {
    const { text, trace } = await chat(backend, { question: "What time is it?" });
    const tool = named(trace, "clock");
    expect([tool.type, JSON.parse(tool.input ?? "")]).toEqual(["tool", { zone: "UTC" }]);
    const { time } = JSON.parse(tool.output ?? "") as { time: string };
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
    expect(text).toContain(`My clock says ${time}.`);
    expect(await findings()).toEqual([]);
  });

  turn("a variant, an error of the page, and the user's word stand in it", async () => {
    const { trace } = await chat(backend, {
      options: { experiments: { tone: "friendly" } },
      asked: { tone: "friendly" },
      reading: (turn) => turn.error(new TypeError("not drawn")),
      read: async (turn) => {
        await turn.feedback(false);
        await turn.feedback(true, { comment: "After all." });
        turn.did("copied");
      },
      until: ({ nodes, scores: [score] }) =>
        score?.value === "1" && nodes.some(({ observation }) => observation.name === "copied"),
    });
    expect(trace.tags).toEqual(["tone:friendly"]);
    for (const name of [ASSISTANT, "streaming-response", BACKEND, "llm-call"]) {
      expect(named(trace, name).metadata).toMatchObject({ experiment_tone: "friendly" });
    }
    expect(named(trace, "frontend-error")).toMatchObject({
      level: "ERROR",
      statusMessage: "not drawn",
      parentId: named(trace, "streaming-response").id,
    });
    expect(trace.scores).toMatchObject([
      { name: "user-feedback", value: "1", comment: "After all." },
    ]);
    expect(levelsOf(trace)).toMatchObject({ [ASSISTANT]: "DEFAULT", copied: "DEFAULT" });
    expect(await findings()).toEqual([]);
  });

  turn("a question that Langfuse could not store is made safe", async () => {
    const { trace } = await chat(backend, { question: "Half a smile: \ud83d" });
    expect(named(trace, BACKEND).input).toMatch(/^Half a smile: [?\ufffd]$/);
    expect(await findings()).toEqual([]);
  });

  turn("a backend that fails at once shows as an error in both halves", async () => {
    const { status, trace } = await chat(backend, { fails: "at_once" });
    expect(status).toBe(500);
    expect(levelsOf(trace)).toMatchObject({
      [ASSISTANT]: "ERROR",
      "frontend-ui-processing": "DEFAULT",
      [BACKEND]: "ERROR",
      "llm-call": "ERROR",
      "streaming-response": "ERROR",
    });
    expect(named(trace, ASSISTANT).statusMessage).toContain("HTTP 500");
    expect(named(trace, BACKEND).statusMessage).toContain("the simulated model is overloaded");
  });

  turn("a backend that breaks off keeps what it said, as an error", async () => {
    const { status, text, trace } = await chat(backend, { fails: "midway" });
    expect(status).toBe(200);
    expect(levelsOf(trace)).toMatchObject({
      [ASSISTANT]: "ERROR",
      "streaming-response": "ERROR",
      [BACKEND]: "ERROR",
    });
    expect(named(trace, "streaming-response").statusMessage).toContain("broke off");
    expect(named(trace, "llm-call")).toMatchObject({ output: text });
  });

  turn("an answer that its reader stops is no error of the page's half", async () => {
    const { trace } = await chat(backend, { stopAfterChunks: 3 });
    expect(levelsOf(trace)).toMatchObject({
      [ASSISTANT]: "DEFAULT",
      "streaming-response": "DEFAULT",
      [BACKEND]: "ERROR",
    });
    expect(named(trace, "streaming-response").metadata).toMatchObject({ outcome: "stopped" });
    expect(named(trace, BACKEND).statusMessage).toContain("the reader went away");
  });
});

it("says which backends run, and refuses for one that does not", async () => {
  const states = await (await fetch(`${edge.url}/demo/backends`)).json();
  expect(states).toEqual({ node: "runs", python: HAS_PYTHON ? "runs" : "impossible" });
  const answer = await fetch(`${edge.url}/demo/chat/cobol`, { method: "POST", body: "{}" });
  expect(answer.status).toBe(502);
});

interface Turn {
  status: number;
  text: string;
  trace: SeenTrace;
}

interface How {
  question?: string;
  fails?: string;
  stopAfterChunks?: number;
  options?: Partial<TurnOptions>;
  /** More for the backend. */
  asked?: object;
  /** While the answer comes, and after it. */
  reading?: (turn: ChatTurn) => void;
  read?: (turn: ChatTurn) => Promise<void>;
  /** What has to be there besides both halves. */
  until?: (trace: SeenTrace) => boolean;
}

async function chat(backend: BackendId, how: How = {}): Promise<Turn> {
  const { question = QUESTION } = how;
  const client = new LangfuseProxy({
    endpoint: `${edge.url}/api/langfuse/trace`,
    sessionId: "demo-session",
    userId: "ada@example.com",
  });
  const turn = traceChat({
    client,
    assistantName: ASSISTANT,
    message: question,
    propagateTo: [edge.url],
    propagateUser: true,
    ...how.options,
  });
  const stop = new AbortController();
  const asked = { question, assistant_name: ASSISTANT, user_id: "ada@example.com" };
  const response = await turn.fetch(`${edge.url}/demo/chat/${backend}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(turn.body({ ...asked, ...how.asked, fails: how.fails })),
    signal: stop.signal,
  });
  how.reading?.(turn);
  const text = await readAnswer(response, () => stop.abort(), how.stopAfterChunks);
  await how.read?.(turn);
  const trace = await until(async () => {
    const seen = await arrived(langfuseTraceId(turn.traceId));
    return seen !== undefined && (how.until?.(seen) ?? true) && seen;
  });
  return { status: response.status, text, trace };
}

/** The answer's text, as far as it came. */
async function readAnswer(response: Response, stop: () => void, stopAfter = Infinity) {
  const decoder = new TextDecoder();
  let chunks = 0;
  let received = "";
  try {
    for await (const bytes of response.body ?? []) {
      received += decoder.decode(bytes, { stream: true });
      chunks += 1;
      if (chunks === stopAfter) stop();
    }
  } catch (error) {
    if (chunks < stopAfter) throw error;
  }
  return [...received.matchAll(/"delta": ?("(?:[^"\\]|\\.)*")/g)]
    .map(([, json = '""']) => JSON.parse(json) as string)
    .join("");
}

/** The trace once both halves of it are in the sink. */
async function arrived(id: string): Promise<SeenTrace | undefined> {
  const answer = await fetch(`${edge.url}/sink/traces/${id}`);
  if (!answer.ok) return undefined;
  const trace = await answer.json<SeenTrace>();
  const names = new Set(trace.nodes.map(({ observation }) => observation.name));
  return names.has(ASSISTANT) && names.has(BACKEND) ? trace : undefined;
}

/** The name of each observation's parent, by its own. */
function parentsOf(trace: SeenTrace): Record<string, string | undefined> {
  const seen = trace.nodes.map(({ observation }) => observation);
  const nameOf = (id?: string) => seen.find((one) => one.id === id)?.name;
  return Object.fromEntries(seen.map(({ name, parentId }) => [name, nameOf(parentId)]));
}

const levelsOf = (trace: SeenTrace): Record<string, string> =>
  Object.fromEntries(trace.nodes.map(({ observation: { name, level } }) => [name, level]));

function named(trace: SeenTrace, name: string): SeenObservation {
  const node = trace.nodes.find(({ observation }) => observation.name === name);
  if (node === undefined) throw new Error(`no observation ${name}`);
  return node.observation;
}

const latenciesOf = (trace: SeenTrace): Record<string, number> =>
  named(trace, ASSISTANT).metadata["latencies"] as Record<string, number>;

const findings = async (): Promise<SeenFinding[]> =>
  (await fetch(`${edge.url}/sink/findings`)).json();
