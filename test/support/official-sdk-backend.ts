// A chat backend with the official SDK, as a team writes it: it continues the trace that a request
// names, by W3C headers or by `trace_id` in the body as the seed's Python does.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import {
  createTraceId,
  type LangfuseSpan,
  propagateAttributes,
  startActiveObservation,
  startObservation,
} from "@langfuse/tracing";
import { context, propagation, ROOT_CONTEXT, TraceFlags } from "@opentelemetry/api";
import { type Loopback, onLoopback } from "./loopback.ts";

/** What the browser posts along with its question. */
export interface ChatRequest {
  question: string;
  assistant_name: string;
  /** The browser's own ids; without them the headers say where to join. */
  trace_id?: string;
  parent_id?: string;
  session_id?: string;
  user_id?: string;
}

export async function chatBackend(): Promise<Loopback> {
  const server = createServer((incoming, outgoing) => {
    void answer(incoming).then((text) => outgoing.end(text));
  });
  return onLoopback(server);
}

async function answer(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const chat = JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest;
  if (chat.trace_id !== undefined) return joinById(chat, chat.trace_id);
  const joined = propagation.extract(ROOT_CONTEXT, incoming.headers);
  return context.with(joined, () => startActiveObservation(nameOf(chat), think(chat)));
}

const nameOf = ({ assistant_name }: ChatRequest): string => `backend-assistant-${assistant_name}`;

const think =
  ({ question, assistant_name }: ChatRequest) =>
  (span: LangfuseSpan): string => {
    span.update({ input: question, metadata: { assistant_name, source: "backend-api" } });
    const model = { model: "claude-sonnet", input: question };
    const llm = startObservation("llm-call", model, { asType: "generation" });
    const output = "In the cellar.";
    llm.update({ output, usageDetails: { input: 3, output: 7 } }).end();
    span.update({ output });
    return output;
  };

/** All by the published rules: nothing of the edge's is asked. */
async function joinById(chat: ChatRequest, rawTraceId: string): Promise<string> {
  const traceId = await createTraceId(rawTraceId);
  const spanId = sha256(`${traceId}/${chat.parent_id ?? "root"}`).slice(0, 16);
  const parentSpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  // Without this claim the SDK would mark its own span as a second root.
  const claim = propagation.createBaggage({ langfuse_trace_id: { value: traceId } });
  const wide = {
    traceName: chat.assistant_name,
    ...(chat.session_id !== undefined && { sessionId: chat.session_id }),
    ...(chat.user_id !== undefined && { userId: chat.user_id }),
  };
  return context.with(propagation.setBaggage(ROOT_CONTEXT, claim), () =>
    propagateAttributes(wide, () =>
      startActiveObservation(nameOf(chat), think(chat), { parentSpanContext }),
    ),
  );
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
