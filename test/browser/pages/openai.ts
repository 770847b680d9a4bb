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

/** The SDK's own loop: it calls the function, and posts again by itself. */
const askWithTools: OpenAiLab["askWithTools"] = async (content) => {
  const runner = openai.chat.completions.runTools({
    model: "gpt-5",
    stream: true,
    messages: [{ role: "user", content }],
    tools: [
      {
        type: "function",
        function: {
          name: "where",
          description: "Where the user is.",
          parameters: { type: "object", properties: {} },
          function: () => "Graz",
        },
      },
    ],
  });
  return (await runner.finalContent()) ?? "";
};

const respond: OpenAiLab["respond"] = async (content) => {
  const input: OpenAI.Responses.ResponseInput = [{ role: "user", content }];
  for (;;) {
    const stream = openai.responses.stream({ model: "gpt-5", input });
    const { output, output_text } = await stream.finalResponse();
    const calls = output.filter((item) => item.type === "function_call");
    if (!calls[0]) return output_text;
    for (const call of calls) {
      const { call_id } = call;
      input.push(call, { type: "function_call_output", call_id, output: "Graz" });
    }
  }
};
globalThis.openai = { ask, askWithTools, respond, langfuse };
