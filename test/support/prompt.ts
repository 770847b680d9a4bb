/** A prompt that Langfuse has. */
export const PROMPT = {
  name: "cellar",
  version: 3,
  type: "text",
  prompt: "Where is the {{what}}?",
  config: {},
  labels: ["production"],
  tags: [],
};
/** What Langfuse answers to a program that reads a prompt. */
export const PROMPT_READS = { "/api/public/v2/prompts/cellar": PROMPT };
