// Anthropic's SDK in a browser, with its own loop over tools; all that the library adds is its `fetch`.
import Anthropic from "@anthropic-ai/sdk";
import { tracedFetch } from "langfuse-edge/chat";
import { LangfuseProxy } from "langfuse-edge/client";
import type { ChatSetup } from "../support/chat-lab.ts";
import type { AnthropicLab } from "../support/anthropic-lab.ts";

const setup = JSON.parse(decodeURIComponent(location.search.slice(1))) as ChatSetup;
const langfuse = new LangfuseProxy(setup.client);
const anthropic = new Anthropic({
  apiKey: "of nobody",
  dangerouslyAllowBrowser: true,
  baseURL: new URL("/api/anthropic", location.href).href,
  fetch: tracedFetch({ client: langfuse, ...setup.turn }),
});

const ask: AnthropicLab["ask"] = async (content) => {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content }];
  for (;;) {
    const message = await anthropic.messages
      .stream({
        model: "claude-sonnet",
        max_tokens: 100,
        messages,
        tools: [{ name: "where", input_schema: { type: "object" } }],
      })
      .finalMessage();
    const calls = message.content.filter((part) => part.type === "tool_use");
    if (!calls[0])
      return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
    messages.push({ role: "assistant", content: message.content });
    const results = calls.map(({ id }) => ({
      type: "tool_result" as const,
      tool_use_id: id,
      content: "Graz",
    }));
    messages.push({ role: "user", content: results });
  }
};
globalThis.anthropic = { ask };
