// What the page with the OpenAI SDK offers to tests: `openai`, a global of the page.
import type { LangfuseProxy } from "../../../src/client/index.ts";

export interface OpenAiLab {
  /** The pieces of the answer, as the SDK's stream gives them. */
  ask: (message: string) => Promise<string[]>;
  /** The answer of chat completions, and of Responses, after all tools. */
  askWithTools: (message: string) => Promise<string>;
  respond: (message: string) => Promise<string>;
  langfuse: LangfuseProxy;
}

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global
  var openai: OpenAiLab;
}
