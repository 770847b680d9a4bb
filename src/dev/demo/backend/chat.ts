// One chat request, traced: what a team's own handler would look like. The SDK knows from `headers`
// whose trace this is, and which variants of experiments it is part of; nothing of the edge's is asked.
import { type LangfuseTool, startActiveObservation, startObservation } from "@langfuse/tracing";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { MODEL, TOOL, wordsOf } from "./assistant.ts";
import type { ChatRequest } from "./chat-request.ts";
import { askModel, type Pace } from "./model.ts";
import type { Usage } from "./sse.ts";

/** Where the answer goes. */
export interface Reply {
  begin: () => void;
  word: (word: string) => void;
  /** The tool is called, and later has said something. */
  call: () => void;
  result: (output: object) => void;
  end: (usage: Usage) => void;
  fail: (message: string) => void;
  /** Fires when nobody reads any more. */
  gone: AbortSignal;
}

/** Never rejects: what goes wrong is told to the reader and to Langfuse. */
export async function answerChat(
  chat: ChatRequest,
  headers: object,
  reply: Reply,
  pace: Pace,
): Promise<void> {
  const { question, assistant_name } = chat;
  const browsers = propagation.extract(ROOT_CONTEXT, headers);
  await context.with(browsers, () =>
    startActiveObservation(`backend-assistant-${assistant_name}`, async (span) => {
      const metadata = {
        SERVICE_NAME: "demo-node",
        assistant_name,
        source: "backend-api",
      };
      span.update({ input: question, metadata });
      const call = { model: MODEL, input: [{ role: "user", content: question }], metadata };
      const llm = startObservation("llm-call", call, { asType: "generation" });
      let output = "";
      let tool: LangfuseTool | undefined;
      try {
        const steps = await askModel(chat, pace, reply.gone);
        reply.begin();
        for await (const step of steps) {
          if ("calls" in step) {
            const { name, input } = TOOL;
            tool = startObservation(name, { input, metadata }, { asType: "tool" });
            reply.call();
          } else if ("result" in step) {
            tool?.update({ output: step.result }).end();
            tool = undefined;
            reply.result(step.result);
          } else {
            if (output === "") llm.update({ completionStartTime: new Date() });
            output += step.word;
            reply.word(step.word);
          }
        }
        const usage = usageOf(question, output);
        const { inputTokens: input, outputTokens, totalTokens: total } = usage;
        llm.update({ usageDetails: { input, output: outputTokens, total } });
        reply.end(usage);
      } catch (error) {
        const statusMessage = reply.gone.aborted ? "the reader went away" : String(error);
        const problem = { level: "ERROR", statusMessage } as const;
        tool?.update(problem).end();
        llm.update(problem);
        span.update(problem);
        reply.fail(statusMessage);
      }
      llm.update({ output }).end();
      span.update({ output });
    }),
  );
}

/** A token is a word here. */
function usageOf(question: string, answer: string): Usage {
  const inputTokens = wordsOf(question).length;
  const outputTokens = wordsOf(answer).length;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
