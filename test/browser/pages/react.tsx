// The library's provider and hook under StrictMode, which mounts every component twice.
import { TracingProvider, useMessageStreaming } from "langfuse-edge/react";
import { StrictMode, useEffect, useState, version } from "react";
import { createRoot } from "react-dom/client";
import type { ChatSetup } from "../support/chat-lab.ts";

const { client = {} } = JSON.parse(decodeURIComponent(location.search.slice(1))) as ChatSetup;
let mounts = 0;

function Chat() {
  const { text, isStreaming, error, send } = useMessageStreaming({
    assistantName: "Research Assistant",
  });
  const [input, setInput] = useState("");
  useEffect(() => {
    mounts += 1;
    document.title = `React ${version}, mounted ${mounts} times`;
  }, []);
  const submit = () =>
    send(input, (turn, signal) =>
      turn.fetch("/api/chat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(turn.body({ question: input })),
        signal,
      }),
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <input value={input} onChange={(event) => setInput(event.target.value)} />
      <button>Send</button>
      <output data-state={isStreaming ? "streaming" : "idle"}>{error ? "failed" : text}</output>
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
