// A chat of the AI SDK whose answers a test gives, and the tools that were told of it.
import { expect } from "vitest";
import type { SentAction } from "../fake-edge.ts";
import { pass, readAll, sse, traced } from "./chat-under-test.ts";

export const NOW = 1_790_000_000_000;

/** Answers in turn; each is a list of events. */
export function conversation(answers: object[][], options: object = {}) {
  const asked: { headers: Headers; body: string }[] = [];
  const all = traced([], {
    ...options,
    fetch: async (_input, init) => {
      asked.push({ headers: new Headers(init?.headers), body: init?.body as string });
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          for (const event of answers[asked.length - 1] ?? []) stream.enqueue(sse(event));
          stream.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const ask = async (body: object, by = all.fetch): Promise<void> => {
    await readAll(await by("/api/chat", { method: "POST", body: JSON.stringify(body) }));
    await pass();
  };
  return { ...all, asked, ask };
}
export const only = (actions: SentAction[], action: string): Record<string, unknown>[] =>
  actions.flatMap((one) => (one.action === action ? [one.data] : []));

interface Tool {
  name: unknown;
  trace: unknown;
  [field: string]: unknown;
}
/** The tools of all traces, in their order. */
export function tools(actions: SentAction[]): Tool[] {
  return only(actions, "create_observation").map((created) => {
    expect(created).toMatchObject({ type: "tool" });
    expect(created["parentObservationId"]).toBeUndefined();
    const ends = only(actions, "end_span").filter(
      ({ observationId }) => observationId === created["observationId"],
    );
    expect(ends.length).toBeLessThan(2);
    const { name, input, startTime, metadata } = created;
    const { output, level, statusMessage } = ends[0] ?? {};
    const { toolCallId: id } = (metadata ?? {}) as { toolCallId?: string };
    return {
      name,
      trace: created["traceId"],
      ...(id !== undefined && { id }),
      ...(startTime !== undefined && { startTime }),
      ...(input !== undefined && { input }),
      ...(ends[0]
        ? { output, ...(level !== undefined && { level, statusMessage }) }
        : { open: true }),
    };
  });
}

export const text = (delta: string): object => ({ type: "text-delta", id: "0", delta });
export const finish = (finishReason: string): object => ({ type: "finish", finishReason });
export const call = (toolCallId: string, toolName: string, input: object): object => ({
  type: "tool-input-available",
  toolCallId,
  toolName,
  input,
});
export const user = (words: string): object => ({
  id: "u",
  role: "user",
  parts: [{ type: "text", text: words }],
});
export const calledByAiSdk = (part: object): object => ({
  id: "m1",
  role: "assistant",
  parts: [{ type: "step-start" }, { type: "tool-where", toolCallId: "t1", ...part }],
});
export const submit = (...messages: object[]): object => ({
  id: "chat-1",
  messages,
  trigger: "submit-message",
});
export const toolCalled = [
  { type: "start", messageId: "m1" },
  call("t1", "where", { q: 1 }),
  finish("tool-calls"),
];
export const done = [text("Here."), finish("stop")];
