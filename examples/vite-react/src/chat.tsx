import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { useTracedFetch } from "langfuse-edge/react";
import { useMemo, useState } from "react";

export function Chat() {
  // All that tracing adds: a `fetch` for the transport.
  const fetch = useTracedFetch({ assistantName: "Research Assistant" });
  const transport = useMemo(() => new DefaultChatTransport({ api: "/api/chat", fetch }), [fetch]);
  const { messages, sendMessage } = useChat({ transport });
  const [text, setText] = useState("");
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void sendMessage({ text });
          setText("");
        }}
      >
        <input
          aria-label="Message"
          value={text}
          onChange={(event) => setText(event.target.value)}
          required
        />
        <button>Send</button>
      </form>
      {messages.map(({ id, role, parts }) => (
        <p key={id} data-role={role}>
          {parts.map((part) => (part.type === "text" ? part.text : ""))}
        </p>
      ))}
    </>
  );
}
