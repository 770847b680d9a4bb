// The OpenAI SDK in a browser; all that the library adds is its `fetch`.
import { tracedFetch } from "langfuse-edge/chat";
import { LangfuseProxy } from "langfuse-edge/client";
import OpenAI from "openai";
import type { ChatSetup } from "../support/chat-lab.ts";
import type { OpenAiLab } from "../support/openai-lab.ts";

const setup = JSON.parse(decodeURIComponent(location.search.slice(1))) as ChatSetup;
const { chatUrl = "/api/openai", client, turn } = setup;
const langfuse = new LangfuseProxy(client);
const openai = new OpenAI({
  apiKey: "of nobody",
  dangerouslyAllowBrowser: true,
  baseURL: new URL(chatUrl, location.href).href,
  fetch: tracedFetch({ client: langfuse, ...turn }),
});

const ask: OpenAiLab["ask"] = async (message) => {
  const stream = await openai.chat.completions.create({
    model: "gpt-5",
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: message },
    ],
  });
  const pieces: string[] = [];
  for await (const { choices } of stream) {
    const content = choices[0]?.delta.content;
    if (content) pieces.push(content);
  }
  return pieces;
};
globalThis.openai = { ask, langfuse };
