// A chat backend that joins the browser's trace by two headers of its request.
import { setTimeout } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation } from "@langfuse/tracing";
import { context, propagation } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { Hono } from "hono";
import { streamText } from "hono/streaming";

const { PORT = "8001" } = process.env;
const ASSISTANT = "Research Assistant";
const WORDS = ["A ", "server ", "near ", "the ", "user."];

// Keys and address come from LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL. `register`
// makes OpenTelemetry read `traceparent` and `baggage`.
new NodeTracerProvider({ spanProcessors: [new LangfuseSpanProcessor()] }).register();

async function answer(question: string, write: (word: string) => Promise<unknown>): Promise<void> {
  await startActiveObservation(`backend-assistant-${ASSISTANT}`, async (span) => {
    span.update({ input: question, metadata: { source: "backend-api" } });
    const call = { model: "simulated", input: question };
    const llm = span.startObservation("llm-call", call, { asType: "generation" });
    llm.update({ completionStartTime: new Date() });
    for (const word of WORDS) {
      await write(word); // your model
      await setTimeout(50);
    }
    const usageDetails = { input: question.split(" ").length, output: WORDS.length };
    llm.update({ output: WORDS.join(""), usageDetails }).end();
    span.update({ output: WORDS.join("") });
  });
}

const app = new Hono();
app.post("/chat", async (c) => {
  const { question } = await c.req.json<{ question: string }>();
  const browsers = propagation.extract(context.active(), c.req.header());
  return streamText(c, (stream) =>
    context.with(browsers, () => answer(question, (word) => stream.write(word))),
  );
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(PORT) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}/chat`),
);
