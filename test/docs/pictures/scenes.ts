// What the pictures of docs/browser-library.md show: for each an answer, and what a page does with the library. The
// page's code is a script of its own, so that no stack shows anything but that.
import { type Answer, openAiAnswer, type Reply } from "../../browser/support/chat-backend.ts";

export interface Scene {
  /** The picture is `docs/pictures/trace-{name}.webp`, and the trace's session has this name. */
  name: string;
  answer: Answer | Reply;
  /** The page's code: the body of an async function with `client`, `LangfuseEdge`, `ask` and `pause`. */
  code: string;
  /** The names of the rows that are opened. */
  opened: readonly string[];
  /** A row that comes last. */
  last?: string;
}

const EVENTS = "text/event-stream";
const WORDS = "An edge proxy is a small server close to the user ."
  .split(" ")
  .map((one) => `${one} `);
const MODEL = "gpt-5-mini";

const events = (...all: object[]): string[] => all.map((one) => `data: ${JSON.stringify(one)}\n\n`);
const chunk = (delta: object, more: object = {}): object => ({
  id: "chatcmpl-1",
  model: MODEL,
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const spoken = (...words: string[]): object[] => words.map((content) => chunk({ content }));
const streamed = (pieces: readonly string[], pauseMs = 40): Answer => ({
  contentType: EVENTS,
  pieces: [...pieces, "data: [DONE]\n\n"],
  pauseMs,
});

/** The answers in turn, piece by piece. */
function inTurn(...answers: Answer[]): Reply {
  const left = [...answers];
  return async (_body, outgoing) => {
    const { pieces, pauseMs = 0 } = left.shift() ?? answers.at(-1)!;
    outgoing.writeHead(200, { "content-type": EVENTS });
    for (const piece of pieces) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      outgoing.write(piece);
    }
    outgoing.end();
  };
}

const plain = (): Answer => ({ ...openAiAnswer(WORDS, MODEL), pauseMs: 40 });
const asking = (options: string): string => `
  const turn = LangfuseEdge.traceChat({ client, assistantName: "Research Assistant", message: QUESTION${options} });
  await pause(60);
  await ask(turn.fetch, { model: "${MODEL}", messages: [{ role: "user", content: QUESTION }] });`;

const calls = (id: string, name: string, args: object): object[] => [
  chunk({
    tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: "" } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: JSON.stringify(args) } }] }),
  chunk({}, { finish_reason: "tool_calls" }),
];

export const SCENES: readonly Scene[] = [
  { name: "turn", answer: plain(), code: asking(""), opened: ["streaming-response"] },
  {
    name: "tools",
    answer: inTurn(
      streamed(events(...calls("call_1", "weather", { city: "Graz" }))),
      streamed(
        events(...spoken("It ", "is ", "12 ", "degrees."), chunk({}, { finish_reason: "stop" })),
      ),
    ),
    code: `${asking("")}
  const content = await turn.tool("weather", { city: "Graz" }, async () => (await pause(150), "12 °C"));
  const message = { role: "tool", tool_call_id: "call_1", content };
  await ask(turn.fetch, { messages: [message] });`,
    opened: ["weather"],
  },
  {
    name: "requests",
    answer: inTurn(
      streamed(events(...calls("call_1", "pay", { euros: 5 }))),
      streamed(
        events(...spoken("Then ", "I ", "pay ", "nothing."), chunk({}, { finish_reason: "stop" })),
      ),
    ),
    code: `
  const traced = LangfuseEdge.tracedFetch({ client, assistantName: "Research Assistant" });
  await ask(traced, { messages: [{ role: "user", content: "Pay for the cheese." }] });
  await pause(200);
  const part = { type: "tool-pay", toolCallId: "call_1", state: "approval-responded", approval: { approved: false } };
  await ask(traced, { messages: [{ role: "assistant", parts: [part] }] });`,
    opened: ["pay"],
  },
  {
    name: "reasoning",
    answer: streamed(
      events(
        ...["The ", "user ", "asks ", "for ", "the ", "short ", "form."].map((one) =>
          chunk({ reasoning_content: one }),
        ),
        ...spoken(...WORDS),
        chunk({}, { finish_reason: "stop" }),
      ),
    ),
    code: asking(", captureReasoning: true"),
    opened: ["Research Assistant", "streaming-response"],
  },
  {
    name: "outcome",
    answer: streamed(
      events(...spoken(...WORDS.slice(0, 6)), chunk({}, { finish_reason: "length" })),
    ),
    code: asking(""),
    opened: ["streaming-response"],
  },
  {
    name: "feedback",
    answer: plain(),
    code: `${asking("")}
  await turn.feedback(true, { comment: "Just what I needed." });
  turn.did("copied");`,
    opened: ["copied"],
    last: "copied",
  },
  {
    name: "errors",
    answer: plain(),
    code: `
  LangfuseEdge.trackErrors({ client });
  function draw(answer) {
    try { return answer.lines[7].text; }
    catch (cause) { throw new Error("the answer could not be drawn", { cause }); }
  }
  setTimeout(function showAnswer() { draw({ lines: [] }); }, 300);${asking("")}`,
    opened: ["frontend-error"],
  },
  {
    name: "experiments",
    answer: plain(),
    code: asking(', experiments: { tone: "friendly" }'),
    opened: ["Research Assistant"],
  },
  {
    name: "cost",
    answer: streamed(
      events(...spoken(...WORDS), chunk({}, { finish_reason: "stop" }), {
        id: "chatcmpl-1",
        model: MODEL,
        choices: [],
        usage: {
          prompt_tokens: 1200,
          completion_tokens: 90,
          total_tokens: 1290,
          prompt_tokens_details: { cached_tokens: 1000 },
          completion_tokens_details: { reasoning_tokens: 64 },
        },
      }),
    ),
    code: asking(""),
    opened: ["Research Assistant", "streaming-response"],
  },
];

/** What the edge takes for a million tokens. */
export const PRICES = { "gpt-5-mini*": { input: 0.25, cached: 0.025, output: 2 } };
