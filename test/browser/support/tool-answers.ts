// Chat APIs that call the page's tool `where` and then answer, as streams of each provider's own events.
import type { Reply } from "./chat-backend.ts";

/** The answers in turn: the tool's call, and the words after it. */
function inTurn(contentType: string, answers: string[], headers: Record<string, string>): Reply {
  let nth = 0;
  return async (_body, response) => {
    response.writeHead(200, { "content-type": contentType, ...headers });
    response.end(answers[Math.min(nth, answers.length - 1)]);
    nth += 1;
  };
}
/** With its type, which names it. */
interface Event {
  type: string;
  [field: string]: unknown;
}
const events = (...all: object[]): string =>
  all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
const named = (...all: Event[]): string =>
  all.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join("");
const EVENTS = "text/event-stream";
const DONE = "data: [DONE]\n\n";

const UI_STREAM = { "x-vercel-ai-ui-message-stream": "v1" };
const begin = [{ type: "start", messageId: "m1" }, { type: "start-step" }];
const call = (toolName: string, input: object): object[] => [
  { type: "tool-input-start", toolCallId: `call_${toolName}`, toolName, dynamic: true },
  { type: "tool-input-available", toolCallId: `call_${toolName}`, toolName, input, dynamic: true },
];
const end = (finishReason: string): object[] => [
  { type: "finish-step" },
  { type: "finish", finishReason },
];
const words = [
  { type: "text-start", id: "0" },
  { type: "text-delta", id: "0", delta: "You are in Graz." },
  { type: "text-end", id: "0" },
];
const answered = events(...begin, ...words, ...end("stop")) + DONE;

/** The AI SDK's; version 5 does not know finish reasons in its events. */
export const aiSdkTools = (version: number): Reply => {
  const ends = version > 5 ? end : () => [{ type: "finish-step" }, { type: "finish" }];
  return inTurn(
    EVENTS,
    [
      events(...begin, ...call("where", {}), ...ends("tool-calls")) + DONE,
      events(...begin, ...words, ...ends("stop")) + DONE,
    ],
    UI_STREAM,
  );
};
export const aiSdkApproval = (): Reply =>
  inTurn(
    EVENTS,
    [
      events(
        ...begin,
        ...call("pay", { euros: 5 }),
        { type: "tool-approval-request", approvalId: "p", toolCallId: "call_pay" },
        ...end("tool-calls"),
      ) + DONE,
      events(
        begin[0]!,
        { type: "tool-output-available", toolCallId: "call_pay", output: "paid", dynamic: true },
        begin[1]!,
        ...words,
        ...end("stop"),
      ) + DONE,
    ],
    UI_STREAM,
  );
export const aiSdkAnswered = (): Reply => inTurn(EVENTS, [answered], UI_STREAM);

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "gpt-5",
  choices: [{ index: 0, delta, finish_reason }],
});
export const openAiTools = (): Reply =>
  inTurn(
    EVENTS,
    [
      events(
        chunk({
          role: "assistant",
          content: null,
          tool_calls: [
            {
              index: 0,
              id: "call_where",
              type: "function",
              function: { name: "where", arguments: "" },
            },
          ],
        }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] }),
        chunk({}, "tool_calls"),
      ) + DONE,
      events(chunk({ role: "assistant", content: "You are in Graz." }), chunk({}, "stop")) + DONE,
    ],
    {},
  );

const response = (status: string, output: object[]): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "gpt-5",
  status,
  output,
});
const item = {
  id: "fc_1",
  type: "function_call",
  call_id: "call_where",
  name: "where",
  arguments: "{}",
  status: "completed",
};
const part = { type: "output_text", text: "You are in Graz.", annotations: [] };
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [part],
};
const at = { output_index: 0 };
export const responsesTools = (): Reply =>
  inTurn(
    EVENTS,
    [
      named(
        { type: "response.created", response: response("in_progress", []) },
        { type: "response.output_item.added", ...at, item: { ...item, arguments: "" } },
        { type: "response.function_call_arguments.delta", ...at, item_id: "fc_1", delta: "{}" },
        { type: "response.output_item.done", ...at, item },
        { type: "response.completed", response: response("completed", [item]) },
      ),
      named(
        { type: "response.created", response: response("in_progress", []) },
        { type: "response.output_item.added", ...at, item: { ...message, content: [] } },
        {
          type: "response.content_part.added",
          ...at,
          item_id: "msg_1",
          content_index: 0,
          part: { ...part, text: "" },
        },
        {
          type: "response.output_text.delta",
          ...at,
          item_id: "msg_1",
          content_index: 0,
          delta: part.text,
        },
        { type: "response.output_item.done", ...at, item: message },
        { type: "response.completed", response: response("completed", [message]) },
      ),
    ],
    {},
  );

const started = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 1 },
  },
};
const stopped = (stop_reason: string): Event[] => [
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 5 },
  },
  { type: "message_stop" },
];
const block = (content_block: object, delta: object): Event[] => [
  started,
  { type: "content_block_start", index: 0, content_block },
  { type: "content_block_delta", index: 0, delta },
];
export const anthropicTools = (): Reply =>
  inTurn(
    EVENTS,
    [
      named(
        ...block(
          { type: "tool_use", id: "call_where", name: "where", input: {} },
          { type: "input_json_delta", partial_json: "{}" },
        ),
        ...stopped("tool_use"),
      ),
      named(
        ...block({ type: "text", text: "" }, { type: "text_delta", text: "You are in Graz." }),
        ...stopped("end_turn"),
      ),
    ],
    {},
  );
