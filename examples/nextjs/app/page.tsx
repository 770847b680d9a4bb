"use client";
import { useMessageStreaming } from "langfuse-edge/react";

export default function Chat() {
  const { text, error, send } = useMessageStreaming({ assistantName: "Research Assistant" });

  const ask = async (form: FormData): Promise<void> => {
    const question = form.get("message") as string;
    await send(question, (turn, signal) =>
      turn.fetch("/api/chat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(turn.body({ question })),
        signal,
      }),
    );
  };

  return (
    <>
      <form action={ask}>
        <input name="message" aria-label="Message" autoComplete="off" required />
        <button>Send</button>
      </form>
      <output>{error ? String(error) : text}</output>
    </>
  );
}
