// The AI SDK with a model that answers by itself, exported by Langfuse's exporter of before v4.
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { generateText } from "ai";
import { MockLanguageModelV1 } from "ai/test";
import { LangfuseExporter } from "langfuse-vercel";

const exporter = new LangfuseExporter({
  publicKey: process.env.LANGFUSE_PUBLIC_KEY,
  secretKey: process.env.LANGFUSE_SECRET_KEY,
  baseUrl: process.env.LANGFUSE_HOST,
});
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
provider.register();
await generateText({
  model: new MockLanguageModelV1({
    modelId: "mock-model",
    doGenerate: async () => ({
      rawCall: { rawPrompt: null, rawSettings: {} },
      finishReason: "stop",
      usage: { promptTokens: 10, completionTokens: 20 },
      text: "because",
    }),
  }),
  prompt: "why?",
  experimental_telemetry: {
    isEnabled: true,
    functionId: "answer",
    metadata: { sessionId: "chat-ai", userId: "ada", tags: ["ai"] },
  },
});
await provider.shutdown();
