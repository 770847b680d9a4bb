// Providers' names of token counts, and which count is part of which. The names written are those that
// Langfuse's own prices know, and hold `input` or `output`, by which its pages add up. The source of
// each rule is its provider's reference of the field, read in November 2026. Pure.

export type Side = "input" | "output";
export type Whole = Side | "total";

/** Names are compared in lower case with underscores: `promptTokens` is `prompt_tokens`. */
const WHOLES: Readonly<Record<string, Whole>> = {
  input: "input",
  // OpenAI's chat completions; AI SDK 4
  prompt_tokens: "input",
  // OpenAI's Responses, Anthropic, AI SDK 5 to 7, Bedrock, LangChain
  input_tokens: "input",
  // Gemini, then its Interactions, then Ollama
  prompt_token_count: "input",
  total_input_tokens: "input",
  prompt_eval_count: "input",
  output: "output",
  completion_tokens: "output",
  output_tokens: "output",
  candidates_token_count: "output",
  response_token_count: "output",
  total_output_tokens: "output",
  eval_count: "output",
  total: "total",
  total_tokens: "total",
  total_token_count: "total",
};

/**
 * A count beside the wholes. `part`: the whole has it too. `beside`: it has not. `openai`: it has, where
 * the whole is called as OpenAI calls it (LiteLLM adds Anthropic's names, and adds them in).
 */
export interface FlatCount {
  name: string;
  side: Side;
  is: "part" | "beside" | "openai";
}

const cached = { name: "input_cached_tokens", side: "input" } as const;
const reasoning = { name: "output_reasoning_tokens", side: "output" } as const;
const toolUse = { name: "input_tool_use_tokens", side: "input" } as const;
const cacheCreation = { name: "cache_creation_input_tokens", side: "input" } as const;

const FLAT_COUNTS: Readonly<Record<string, FlatCount>> = {
  // AI SDK 5 and 6, Codex; Moonshot; Mistral; DeepSeek; Gemini and its Interactions
  cached_input_tokens: { ...cached, is: "part" },
  cached_tokens: { ...cached, is: "part" },
  num_cached_tokens: { ...cached, is: "part" },
  prompt_cache_hit_tokens: { ...cached, is: "part" },
  cached_content_token_count: { ...cached, is: "part" },
  total_cached_tokens: { ...cached, is: "part" },
  // AI SDK 5 and 6, Perplexity
  reasoning_tokens: { ...reasoning, is: "part" },
  // Anthropic and Bedrock
  cache_read_input_tokens: { name: "cache_read_input_tokens", side: "input", is: "openai" },
  cache_creation_input_tokens: { ...cacheCreation, is: "openai" },
  cache_write_input_tokens: { ...cacheCreation, is: "openai" },
  // Gemini: prompt, candidates, thoughts and tool use add up to the total
  thoughts_token_count: { ...reasoning, is: "beside" },
  total_thought_tokens: { ...reasoning, is: "beside" },
  tool_use_prompt_token_count: { ...toolUse, is: "beside" },
  total_tool_use_tokens: { ...toolUse, is: "beside" },
};

/** Objects whose counts are parts of a whole. LangChain's and Mistral's names lack an s. */
const DETAILS: Readonly<Record<string, Side>> = {
  prompt_tokens_details: "input",
  prompt_token_details: "input",
  input_tokens_details: "input",
  input_token_details: "input",
  completion_tokens_details: "output",
  completion_token_details: "output",
  output_tokens_details: "output",
  output_token_details: "output",
  // Gemini, its Live API, its Interactions: lists by modality
  candidates_tokens_details: "output",
  response_tokens_details: "output",
  input_tokens_by_modality: "input",
  output_tokens_by_modality: "output",
};
/** By modality, what was cached of the input: Gemini's lists, and OpenAI's object among the details. */
const CACHED_DETAILS = /^cached?_tokens_(details|by_modality)$/;

const PARTS: Readonly<Record<Side, Readonly<Record<string, string>>>> = {
  input: {
    cached: "input_cached_tokens",
    cache_read: "input_cached_tokens",
    cache_write: "input_cache_creation",
    cache_creation: "input_cache_creation",
    // Anthropic's, as LangChain tells them
    ephemeral_5m_input: "input_cache_creation_5m",
    ephemeral_1h_input: "input_cache_creation_1h",
  },
  output: { reasoning: "output_reasoning_tokens" },
};
/**
 * The rest of a whole, or all of it once more; and parts that are paid as the whole is: Langfuse's own
 * prices know OpenAI's predictions and Claude's thinking by no name of theirs, and would not count them.
 */
const REPEATED = /^(no_cache|text|total|thinking|(accepted|rejected)_prediction)$/;

const COSTS: Readonly<Record<string, Whole>> = {
  input_cost: "input",
  output_cost: "output",
  total_cost: "total",
  // Perplexity
  input_tokens_cost: "input",
  output_tokens_cost: "output",
};

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export const commonName = (name: string): string =>
  name.replaceAll(/[a-z](?=[A-Z])/g, (letter) => `${letter}_`).toLowerCase();

export const wholeOf = (name: string): Whole | undefined => own(WHOLES, name);
export const flatCountOf = (name: string): FlatCount | undefined => own(FLAT_COUNTS, name);
export const detailsOf = (name: string): Side | undefined => own(DETAILS, name);
export const isCachedDetails = (name: string): boolean => CACHED_DETAILS.test(name);
export const costOf = (name: string): Whole | undefined => own(COSTS, name);

/** The name of a part; undefined where it only repeats another count. */
export function partName(side: Side, rawName: string): string | undefined {
  const name = commonName(rawName).replace(/_tokens?$/, "");
  if (REPEATED.test(name)) return undefined;
  return own(PARTS[side], name) ?? (isNoise(name) ? undefined : `${side}_${name}_tokens`);
}

/** Repeats another count, or counts something else than tokens: no word is lost about it. */
export const isNoise = (name: string): boolean =>
  /^(prompt_cache_miss_tokens|unit|raw|type|iterations|currency|cache_creation)$|time|second|duration|latency|speed|cost|price|tick|search|request|quer|source|byok|tier|geo|details|units|server_tool/.test(
    name,
  );

/** A name of a token count, of any provider. */
export const isTokenCount = (name: string): boolean => /tokens?$|token_count$/.test(name);
