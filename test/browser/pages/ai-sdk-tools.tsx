// `useChat` with a tool of the page and one that needs an approval; all that the library adds is its
// `fetch`. The same page for each version of the AI SDK.
import { useChat } from "@ai-sdk/react";
import * as ai from "ai";
import { TracingProvider, useTracedFetch } from "langfuse-edge/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import type { ChatSetup } from "../support/chat-lab.ts";

const { client = {} } = JSON.parse(decodeURIComponent(location.search.slice(1))) as ChatSetup;
const isDone = ai.lastAssistantMessageIsCompleteWithToolCalls;
/** Version 5 knows no approvals. */
const isApproved = (ai as Partial<typeof ai>).lastAssistantMessageIsCompleteWithApprovalResponses;

function Chat() {
  const fetch = useTracedFetch({ assistantName: "Research Assistant" });
  const [transport] = useState(() => new ai.DefaultChatTransport({ api: "/api/chat", fetch }));
  const chat = useChat({
    id: "chat-1",
    transport,
    sendAutomaticallyWhen: (all) => isDone(all) || (isApproved?.(all) ?? false),
    onToolCall: ({ toolCall }) => {
      const { toolCallId, toolName: tool } = toolCall;
      // Not awaited: it would wait for the answer that is being read.
      if (tool === "where") void chat.addToolOutput({ tool, toolCallId, output: { city: "Graz" } });
    },
  });
  const { messages, sendMessage, status, error } = chat;
  const approvals = messages.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      "approval" in part && part.state === "approval-requested" ? [part.approval.id] : [],
    ),
  );
  return (
    <main>
      <button onClick={() => void sendMessage({ text: "Where am I?" })}>Ask</button>
      <button onClick={() => void chat.regenerate()}>Again</button>
      <button onClick={() => void chat.resumeStream()}>Resume</button>
      {approvals.map((id) => (
        <button key={id} onClick={() => void chat.addToolApprovalResponse({ id, approved: true })}>
          Approve
        </button>
      ))}
      <output data-status={status}>{error?.message}</output>
      <ol>
        {messages.map(({ id, role, parts }) => (
          <li key={id} data-role={role}>
            {parts.map((part) => (part.type === "text" ? part.text : ""))}
          </li>
        ))}
      </ol>
    </main>
  );
}

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <TracingProvider options={client}>
      <Chat />
    </TracingProvider>
  </StrictMode>,
);
