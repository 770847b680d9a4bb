// `useChat` of the AI SDK under StrictMode; all that the library adds is its `fetch`.
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { TracingProvider, useTracedFetch } from "langfuse-edge/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import type { ChatSetup } from "../support/chat-lab.ts";

const { client = {} } = JSON.parse(decodeURIComponent(location.search.slice(1))) as ChatSetup;

function Chat() {
  const fetch = useTracedFetch({ assistantName: "Research Assistant" });
  const [transport] = useState(() => new DefaultChatTransport({ api: "/api/chat", fetch }));
  const { messages, sendMessage, status, stop, error } = useChat({ transport });
  const [input, setInput] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void sendMessage({ text: input });
      }}
    >
      <input value={input} onChange={(event) => setInput(event.target.value)} />
      <button>Send</button>
      <button type="button" onClick={() => void stop()}>
        Stop
      </button>
      <output data-status={status}>{error?.message}</output>
      <ol>
        {messages.map(({ id, role, parts }) => (
          <li key={id} data-role={role}>
            {parts.map((part) => (part.type === "text" ? part.text : ""))}
          </li>
        ))}
      </ol>
    </form>
  );
}

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <TracingProvider options={client}>
      <Chat />
    </TracingProvider>
  </StrictMode>,
);
