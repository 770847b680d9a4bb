// One chat turn with the browser library, as an app would write it.
import type * as Library from "../../../../client/script-tag.ts";
import { pageData } from "../../../pages/script/dom.ts";
import type { SeenObservation } from "../../../sink/view/answers.ts";
import type { BackendId } from "../../backends.ts";
import type { DemoPageData } from "../page-data.ts";

/** The library's global, as `langfuse-edge.js` makes it. */
declare const LangfuseEdge: typeof Library;

export const page = pageData() as DemoPageData;

const client = new LangfuseEdge.LangfuseProxy({
  sessionId: `demo-${crypto.randomUUID().slice(0, 8)}`,
  userId: page.userId,
});
// Of the page itself, too: what it throws while a turn goes on is told there.
LangfuseEdge.trackErrors({ client });

/** The variant of the experiment that this browser is in, by no server's word. */
export const ownTone = LangfuseEdge.variant("tone", ["plain", "friendly"], { by: "browser" });

export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** A tool that the model called, as the stream tells of it. */
export interface ToolCall {
  id: string;
  name: string;
  input: unknown;
  output?: unknown;
}

export interface Choices {
  backend: BackendId;
  assistant: string;
  /** `at_once`, `midway`: the backend; `page`: the page itself, while it shows the answer. */
  fails?: string | undefined;
  /** The variant of the experiment. */
  tone: string;
}

/** A turn as the page knows it; the library traces it beside. */
export interface Turn extends Choices {
  question: string;
  langfuseTraceId: string;
  /** The library's own milestones, ms since the turn began. */
  latencies: Readonly<Record<string, number>>;
  /** On the page's clock. */
  beganAt: number;
  endedAt?: number;
  state: "running" | "done" | "stopped" | "failed";
  text: string;
  chunks: number;
  usage?: Usage;
  tools: ToolCall[];
  problem?: string;
  /** An error of the page that the answer outlived. */
  pageError?: string;
  stop: () => void;
  /** Says that the answer was of help, or was not; the last word counts. */
  rate: (helpful: boolean) => void;
  helpful?: boolean;
  /** Says what the user did with the answer. */
  did: (action: string) => void;
  /** Tells an error of the page's own. */
  error: (error: Error) => void;
  /** How long after the turn's end its root was in the sink. */
  arrivedAfterMs?: number;
  /** The answer's observation, and the root, out of the sink. */
  generation?: SeenObservation;
  root?: SeenObservation;
}

/** Of the AI SDK's UI messages, as far as the backends send them. */
interface ModelEvent {
  type?: string;
  delta?: string;
  errorText?: string;
  toolCallId?: string;
  toolName?: string;
  input?: unknown;
  output?: unknown;
  messageMetadata?: { usage?: Usage };
}

/** The events of each chunk of the model's stream. */
async function* chunksOf(response: Response): AsyncGenerator<ModelEvent[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const read = await reader?.read();
    if (read?.value === undefined) return;
    const lines = (pending + read.value).split("\n\n");
    pending = lines.pop() ?? "";
    yield lines
      .filter((line) => line.startsWith("data: {"))
      .map((line) => JSON.parse(line.slice("data: ".length)) as ModelEvent);
  }
}

function take(event: ModelEvent, turn: Turn): void {
  const { type, toolCallId: id = "", toolName: name = "", input, output, messageMetadata } = event;
  if (type === "text-delta") turn.text += event.delta ?? "";
  if (type === "tool-input-available") turn.tools.push({ id, name, input });
  const call = turn.tools.find((one) => one.id === id);
  if (type === "tool-output-available" && call !== undefined) call.output = output;
  if (messageMetadata?.usage) turn.usage = messageMetadata.usage;
}

/** A bug of the page's own, where it is asked for: a part of the answer is not drawn, and the rest comes all the same. */
function draw(turn: Turn): void {
  if (turn.fails !== "page" || turn.text === "" || turn.pageError !== undefined) return;
  const cause = new RangeError("there is no line 7");
  const error = new TypeError("the answer could not be drawn", { cause });
  turn.pageError = error.message;
  turn.error(error);
}

async function readAnswer(response: Response, turn: Turn, changed: () => void): Promise<void> {
  if (!response.ok) {
    const told = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new Error(told.error?.message ?? `HTTP ${response.status}`);
  }
  let problem: string | undefined;
  // To its end in any case: the library reads what the page reads.
  for await (const events of chunksOf(response)) {
    turn.chunks += 1;
    for (const event of events) {
      problem ??= event.errorText;
      take(event, turn);
    }
    draw(turn);
    changed();
  }
  if (problem !== undefined) throw new Error(problem);
}

/** Begins a turn; `send` asks the question and follows the answer, and `changed` hears how it goes. */
export function beginTurn(question: string, choices: Choices) {
  const { backend, assistant, fails, tone } = choices;
  const traced = LangfuseEdge.traceChat({
    client,
    message: question,
    assistantName: assistant,
    assistantId: `demo-${backend}`,
    tags: ["demo"],
    experiments: { tone },
    propagateUser: true,
  });
  const stop = new AbortController();
  const turn: Turn = {
    ...choices,
    question,
    langfuseTraceId: LangfuseEdge.langfuseTraceId(traced.traceId),
    latencies: traced.latency.latencies,
    beganAt: performance.now(),
    state: "running",
    text: "",
    chunks: 0,
    tools: [],
    stop: () => stop.abort(),
    rate: (helpful) => {
      turn.helpful = helpful;
      void traced.feedback(helpful);
    },
    did: (action) => traced.did(action),
    error: (error) => traced.error(error),
  };
  const send = async (changed: () => void): Promise<void> => {
    const asked = { question, assistant_name: assistant, user_id: page.userId, tone };
    const backendFails = fails === "page" ? undefined : fails;
    try {
      const response = await traced.fetch(`/demo/chat/${backend}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(traced.body({ ...asked, fails: backendFails })),
        signal: stop.signal,
      });
      await readAnswer(response, turn, changed);
      turn.state = "done";
    } catch (error) {
      turn.state = stop.signal.aborted ? "stopped" : "failed";
      turn.problem = stop.signal.aborted
        ? "stopped by you"
        : error instanceof Error
          ? error.message
          : String(error);
    }
    turn.endedAt = performance.now();
    changed();
  };
  return { turn, send };
}
