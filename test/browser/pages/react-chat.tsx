// A React chat as an app has it: `useChat`, feedback below each answer, an error boundary around it, errors that
// are tracked; and, where a test wants them, two other trackers on the same page.
import { useChat } from "@ai-sdk/react";
import { getWebInstrumentations, initializeFaro, TransportItemType } from "@grafana/faro-web-sdk";
import * as sentry from "@sentry/browser";
import { DefaultChatTransport, type UIMessage } from "ai";
import {
  Feedback,
  TracingErrorBoundary,
  TracingProvider,
  useErrorTracking,
  useFeedback,
  useTracedFetch,
} from "langfuse-edge/react";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import type { ReactChatSetup } from "../support/react-chat-lab.ts";

const {
  client = {},
  experiments = {},
  trackers,
} = JSON.parse(decodeURIComponent(location.search.slice(1))) as ReactChatSetup;
globalThis.told = { onerror: [], sentry: [], faro: [] };

if (trackers) {
  // A handler as many pages have it.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the others must leave it alone
  globalThis.onerror = (message) => {
    if (typeof message === "string") told.onerror.push(message);
  };
  sentry.init({
    dsn: "https://key@localhost.invalid/1",
    beforeSend: ({ exception }) => {
      told.sentry.push(...(exception?.values ?? []).map(({ value = "" }) => value));
      return null;
    },
  });
  initializeFaro({
    url: "http://localhost.invalid/faro",
    app: { name: "chat" },
    instrumentations: getWebInstrumentations({ captureConsole: false }),
    beforeSend: ({ type, payload }) => {
      if (type === TransportItemType.EXCEPTION)
        told.faro.push((payload as { value: string }).value);
      return null;
    },
  });
}

const STORED = "chat.messages";
const textOf = ({ parts }: UIMessage): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("");

function Answer({ message }: { message: UIMessage }) {
  const text = textOf(message);
  if (text.includes("BOOM")) throw new RangeError("this answer cannot be shown");
  return <p>{text}</p>;
}

function Message({ message, messages }: { message: UIMessage; messages: UIMessage[] }) {
  const { did } = useFeedback({ messageId: message.id, messages });
  if (message.role !== "assistant") return <li data-role={message.role}>{textOf(message)}</li>;
  return (
    <li data-role="assistant">
      <TracingErrorBoundary fallback={<p role="alert">Something went wrong.</p>}>
        <Answer message={message} />
      </TracingErrorBoundary>
      <button type="button" onClick={() => did("copied")}>
        Copy
      </button>
      <Feedback messageId={message.id} messages={messages} comment />
    </li>
  );
}

function Chat() {
  useErrorTracking({ resources: "#chat" });
  const fetch = useTracedFetch({ assistantName: "Research Assistant" });
  const [transport] = useState(() => new DefaultChatTransport({ api: "/api/chat", fetch }));
  const [before] = useState(() => JSON.parse(localStorage.getItem(STORED) ?? "[]") as UIMessage[]);
  const { messages, sendMessage, status } = useChat({ transport, messages: before });
  const [input, setInput] = useState("");
  const [image, setImage] = useState("");
  useEffect(() => localStorage.setItem(STORED, JSON.stringify(messages)), [messages]);
  const fail = () => {
    throw new TypeError("the click failed", { cause: new Error("no clipboard") });
  };
  return (
    <form
      id="chat"
      onSubmit={(event) => {
        event.preventDefault();
        void sendMessage({ text: input });
      }}
    >
      <input value={input} onChange={(event) => setInput(event.target.value)} />
      <button>Send</button>
      <button type="button" onClick={fail}>
        Throw
      </button>
      <button type="button" onClick={() => void Promise.reject(new Error("the save failed"))}>
        Reject
      </button>
      <button type="button" onClick={() => setImage("/no-such.png?token=secret")}>
        Picture
      </button>
      {image && <img alt="" src={image} />}
      <output data-status={status} />
      <ol>
        {messages.map((message) => (
          <Message key={message.id} message={message} messages={messages} />
        ))}
      </ol>
    </form>
  );
}

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <TracingProvider options={client} experiments={experiments}>
      <Chat />
    </TracingProvider>
  </StrictMode>,
);
