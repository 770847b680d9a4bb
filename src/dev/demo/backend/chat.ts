// One chat request, traced: what a team's own handler would look like. The SDK knows from `headers`
// whose trace this is; nothing of the edge's is asked.
import { startActiveObservation, startObservation } from "@langfuse/tracing";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { MODEL, wordsOf } from "./assistant.ts";
import type { ChatRequest } from "./chat-request.ts";
import { askModel, type Pace } from "./model.ts";
import type { Usage } from "./sse.ts";

/** Where the answer goes. */
export interface Reply {
  begin: () => void;
  word: (word: string) => void;
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
      const metadata = { SERVICE_NAME: "demo-node", assistant_name, source: "backend-api" };
      span.update({ input: question, metadata });
      const call = { model: MODEL, input: [{ role: "user", content: question }], metadata };
      const llm = startObservation("llm-call", call, { asType: "generation" });
      let output = "";
      try {
        const words = await askModel(chat, pace, reply.gone);
        reply.begin();
        for await (const word of words) {
          if (output === "") llm.update({ completionStartTime: new Date() });
          output += word;
          reply.word(word);
        }
        const usage = usageOf(question, output);
        const { prompt_tokens, completion_tokens, total_tokens } = usage;
        llm.update({
          usageDetails: { input: prompt_tokens, output: completion_tokens, total: total_tokens },
        });
        reply.end(usage);
      } catch (error) {
        const statusMessage = reply.gone.aborted ? "the reader went away" : String(error);
        const problem = { level: "ERROR", statusMessage } as const;
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
  const prompt_tokens = wordsOf(question).length;
  const completion_tokens = wordsOf(answer).length;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
