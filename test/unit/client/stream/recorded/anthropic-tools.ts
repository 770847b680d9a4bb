// Tools and thoughts of Anthropic's messages: of the client, of the server, of an MCP server.
import { EVENTS, named, type Recording } from "./recording.ts";

const told = (type: string, more: object = {}): string => named(type, { type, ...more });
const begin = told("message_start", {
  message: { id: "m", type: "message", role: "assistant", model: "claude-x", content: [] },
});
const block = (index: number, content_block: object): string =>
  told("content_block_start", { index, content_block });
const delta = (index: number, given: object): string =>
  told("content_block_delta", { index, delta: given });
const json = (index: number, partial_json: string): string =>
  delta(index, { type: "input_json_delta", partial_json });
const stop = (index: number): string => told("content_block_stop", { index });
const end = (stop_reason: string): string =>
  told("message_delta", { delta: { stop_reason, stop_sequence: null } }) + told("message_stop");

export const ANTHROPIC_TOOLS: Recording[] = [
  {
    name: "thoughts, then two tools of the client",
    contentType: EVENTS,
    chunks: [
      begin,
      block(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "Where " }),
      delta(0, { type: "thinking_delta", thinking: "to?" }),
      delta(0, { type: "signature_delta", signature: "xx" }),
      stop(0),
      block(1, { type: "tool_use", id: "toolu_1", name: "where", input: {} }),
      json(1, ""),
      json(1, '{"q":'),
      told("ping"),
      json(1, "1}"),
      stop(1),
      block(2, { type: "tool_use", id: "toolu_2", name: "when", input: {} }),
      stop(2),
      end("tool_use"),
    ],
    text: "",
    reasoning: "Where to?",
    tools: [
      { id: "toolu_1", name: "where", input: '{"q":1}', open: true },
      { id: "toolu_2", name: "when", open: true },
    ],
    model: "claude-x",
    finished: true,
    finishReason: "tool_use",
    begins: 2,
  },
  {
    name: "tools of the server, one of which fails",
    contentType: EVENTS,
    chunks: [
      begin,
      block(0, { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }),
      json(0, '{"query":"x"}'),
      stop(0),
      block(1, {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_1",
        content: [{ type: "web_search_result", title: "X", url: "https://x.example" }],
      }),
      stop(1),
      block(2, { type: "server_tool_use", id: "srvtoolu_2", name: "web_search", input: {} }),
      stop(2),
      block(3, {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_2",
        content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
      }),
      block(4, {
        type: "mcp_tool_use",
        id: "mcptoolu_1",
        name: "roll",
        server_name: "dice",
        input: {},
      }),
      block(5, {
        type: "mcp_tool_result",
        tool_use_id: "mcptoolu_1",
        is_error: false,
        content: [{ type: "text", text: "4" }],
      }),
      delta(6, { type: "text_delta", text: "Four." }),
      end("end_turn"),
    ],
    text: "Four.",
    tools: [
      {
        id: "srvtoolu_1",
        name: "web_search",
        input: '{"query":"x"}',
        output: [{ type: "web_search_result", title: "X", url: "https://x.example" }],
      },
      { id: "srvtoolu_2", name: "web_search", error: "max_uses_exceeded" },
      { id: "mcptoolu_1", name: "roll", output: [{ type: "text", text: "4" }] },
    ],
    model: "claude-x",
    finished: true,
    finishReason: "end_turn",
    begins: 1,
  },
  {
    name: "a refusal, and its classifier's word",
    contentType: EVENTS,
    chunks: [begin, delta(0, { type: "text_delta", text: "I" }), end("refusal")],
    text: "I",
    model: "claude-x",
    finished: true,
    finishReason: "refusal",
    begins: 1,
  },
  {
    name: "a whole message",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        type: "message",
        role: "assistant",
        model: "claude-x",
        content: [
          { type: "thinking", thinking: "Hm.", signature: "x" },
          { type: "text", text: "Wait." },
          { type: "tool_use", id: "toolu_1", name: "where", input: { q: 1 } },
        ],
        stop_reason: "tool_use",
      }),
    ],
    text: "Wait.",
    reasoning: "Hm.",
    tools: [{ id: "toolu_1", name: "where", input: { q: 1 }, open: true }],
    model: "claude-x",
    finishReason: "tool_use",
    begins: 0,
  },
];
