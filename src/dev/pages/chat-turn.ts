// One whole chat turn as single actions, as a browser would send them: what the page lets people copy
// and run. Pure: the ids come from the request id, the times from `now`.
import type { Json } from "../../protocol/json/safe.ts";

export interface TurnStep {
  title: string;
  body: { action: string; data: { [field: string]: Json } };
}

/** How long the pretended turn takes; it ends just before `now`. */
const TURN_MS = 2900;

const QUESTION = "What is an edge proxy? Don't be long.";
const ANSWER =
  "It stands near the user and speaks for a server: here it keeps Langfuse's secret key.";

/** The seed's turn: the same names, in the same order. */
export function chatTurn(requestId: string, now: number): TurnStep[] {
  const begin = Math.floor(now) - TURN_MS;
  const at = (ms: number): string => new Date(begin + ms).toISOString();
  const traceId = `ui2-${begin}-${requestId}`;
  const ui = { traceId, spanId: `ui-${requestId}` };
  const call = { traceId, spanId: `call-${requestId}` };
  const stream = { traceId, generationId: `stream-${requestId}` };
  const step = (title: string, action: string, data: { [field: string]: Json }): TurnStep => ({
    title,
    body: { action, data },
  });
  return [
    step("The user clicks send", "create_trace", {
      traceId,
      name: "Research Assistant",
      sessionId: "try-it",
      userId: "ada@example.com",
      timestamp: at(0),
      input: { message: QUESTION },
      metadata: {
        assistantId: "asst_123456",
        messageLength: QUESTION.length,
        source: "frontend-click",
      },
      tags: ["try-it"],
    }),
    step("The page prepares the message", "create_span", {
      ...ui,
      name: "frontend-ui-processing",
      startTime: at(0),
    }),
    step("… and is done", "end_span", { ...ui, endTime: at(85), metadata: { validated: true } }),
    step("Flush: all of it is kept", "flush", { traceId }),
    step("The call to the backend begins", "create_span", {
      ...call,
      name: "frontend-backend-api-call",
      startTime: at(95),
      input: { url: "/api/chat", method: "POST" },
    }),
    step("The answer begins to stream", "create_generation", {
      ...stream,
      name: "streaming-response",
      startTime: at(110),
      completionStartTime: at(640),
      model: "claude-sonnet",
      input: [{ role: "user", content: QUESTION }],
    }),
    step("Ten chunks later", "update_generation", { ...stream, metadata: { chunks: 10 } }),
    step("The call has its answer", "end_span", {
      ...call,
      endTime: at(620),
      output: { status: 200 },
    }),
    step("Ten more", "update_generation", { ...stream, metadata: { chunks: 20 } }),
    step("The answer is whole", "end_generation", {
      ...stream,
      endTime: at(2800),
      output: { role: "assistant", content: ANSWER },
      usage: { input: 14, output: 22, total: 36 },
    }),
    step("The turn is over", "end_trace", {
      traceId,
      endTime: at(TURN_MS - 50),
      output: { message: ANSWER },
    }),
  ];
}

/** One word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function curlLine(url: string, body: unknown): string {
  const words = ["curl", "-sS", url, "-H", "content-type: application/json"];
  return [...words, "-d", JSON.stringify(body)].map(shellWord).join(" ");
}
