import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readUsage } from "../../../../src/edge/fields/usage.ts";

function read(usage: unknown): { usage: Record<string, number>; cost: unknown; notes: string[] } {
  const notes: string[] = [];
  const told = readUsage({ usage }, (note) => notes.push(note));
  return {
    usage: JSON.parse(told.usageDetails ?? "{}") as Record<string, number>,
    cost: told.costDetails === undefined ? undefined : (JSON.parse(told.costDetails) as unknown),
    notes,
  };
}

/** What a model call really took. */
interface Taken {
  fresh: number;
  cached: number;
  written: number;
  text: number;
  reasoning: number;
}
const count = fc.nat(100_000);
const taken = fc.record({
  fresh: count,
  cached: count,
  written: count,
  text: count,
  reasoning: count,
});
const inputOf = ({ fresh, cached, written }: Taken): number => fresh + cached + written;
const outputOf = ({ text, reasoning }: Taken): number => text + reasoning;

/** How each tells of it; some know nothing of what was written to a cache. */
const SHAPES: [string, (taken: Taken) => object][] = [
  [
    "OpenAI's chat completions",
    (all) => ({
      prompt_tokens: inputOf(all),
      completion_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      prompt_tokens_details: { cached_tokens: all.cached, text_tokens: inputOf(all) },
      completion_tokens_details: { reasoning_tokens: all.reasoning },
    }),
  ],
  [
    "OpenAI's Responses",
    (all) => ({
      input_tokens: inputOf(all),
      output_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      input_tokens_details: { cached_tokens: all.cached },
      output_tokens_details: { reasoning_tokens: all.reasoning },
    }),
  ],
  [
    "AI SDK 5",
    (all) => ({
      inputTokens: inputOf(all),
      outputTokens: outputOf(all),
      cachedInputTokens: all.cached,
      reasoningTokens: all.reasoning,
    }),
  ],
  [
    "AI SDK 6 and 7",
    (all) => ({
      inputTokens: inputOf(all),
      inputTokenDetails: {
        noCacheTokens: all.fresh,
        cacheReadTokens: all.cached,
        cacheWriteTokens: all.written,
      },
      outputTokens: outputOf(all),
      outputTokenDetails: { textTokens: all.text, reasoningTokens: all.reasoning },
      totalTokens: inputOf(all) + outputOf(all),
      cachedInputTokens: all.cached,
      reasoningTokens: all.reasoning,
      raw: { input_tokens: inputOf(all) },
    }),
  ],
  [
    "a provider's model of the AI SDK",
    (all) => ({
      inputTokens: {
        total: inputOf(all),
        noCache: all.fresh,
        cacheRead: all.cached,
        cacheWrite: all.written,
      },
      outputTokens: { total: outputOf(all), text: all.text, reasoning: all.reasoning },
    }),
  ],
  [
    "Anthropic",
    (all) => ({
      input_tokens: all.fresh,
      cache_read_input_tokens: all.cached,
      cache_creation_input_tokens: all.written,
      cache_creation: { ephemeral_5m_input_tokens: all.written },
      output_tokens: outputOf(all),
      output_tokens_details: { thinking_tokens: all.reasoning },
      service_tier: "standard",
    }),
  ],
  [
    "Bedrock",
    (all) => ({
      inputTokens: all.fresh,
      cacheReadInputTokens: all.cached,
      cacheWriteInputTokens: all.written,
      outputTokens: outputOf(all),
      totalTokens: inputOf(all) + outputOf(all),
    }),
  ],
  [
    "Gemini",
    (all) => ({
      promptTokenCount: inputOf(all),
      cachedContentTokenCount: all.cached,
      candidatesTokenCount: all.text,
      thoughtsTokenCount: all.reasoning,
      totalTokenCount: inputOf(all) + outputOf(all),
      promptTokensDetails: [{ modality: "TEXT", tokenCount: inputOf(all) }],
    }),
  ],
  [
    "xAI",
    (all) => ({
      prompt_tokens: inputOf(all),
      completion_tokens: all.text,
      total_tokens: inputOf(all) + outputOf(all),
      prompt_tokens_details: { cached_tokens: all.cached },
      completion_tokens_details: { reasoning_tokens: all.reasoning },
    }),
  ],
  [
    "DeepSeek",
    (all) => ({
      prompt_tokens: inputOf(all),
      completion_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      prompt_cache_hit_tokens: all.cached,
      prompt_cache_miss_tokens: all.fresh + all.written,
      completion_tokens_details: { reasoning_tokens: all.reasoning },
    }),
  ],
  [
    "LiteLLM",
    (all) => ({
      prompt_tokens: inputOf(all),
      completion_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      prompt_tokens_details: { cached_tokens: all.cached, cache_creation_tokens: all.written },
      cache_read_input_tokens: all.cached,
      cache_creation_input_tokens: all.written,
    }),
  ],
  [
    "LangChain",
    (all) => ({
      input_tokens: inputOf(all),
      output_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      input_token_details: { cache_read: all.cached, cache_creation: all.written },
      output_token_details: { reasoning: all.reasoning },
    }),
  ],
];

describe.each(SHAPES)("%s", (_, told) => {
  test("every token is counted once, as input or as output", () => {
    fc.assert(
      fc.property(taken, (all) => {
        const { usage, cost, notes } = read(told(all));
        const sumOf = (side: string): number =>
          Object.entries(usage)
            .filter(([name]) => name.includes(side))
            .reduce((sum, [, value]) => sum + value, 0);
        expect(sumOf("input")).toBe(inputOf(all));
        expect(sumOf("output")).toBe(outputOf(all));
        expect(usage["total"] ?? inputOf(all) + outputOf(all)).toBe(inputOf(all) + outputOf(all));
        expect(cost).toBeUndefined();
        expect(notes).toEqual([]);
      }),
    );
  });
});

describe("what is no token count", () => {
  test.each([
    ["seconds", { queue_time: 0.61, prompt_time: 0.9, total_time: 3.3, prompt_audio_seconds: 7 }],
    ["searches", { num_search_queries: 18, num_sources_used: 3, server_tool_use: { web: 1 } }],
    ["words and flags", { service_tier: "standard", is_byok: false, search_context_size: "low" }],
    ["pieces of cost", { cost_details: { upstream_inference_cost: 0.5 } }],
    ["seconds among details", { prompt_tokens_details: { audio_seconds: 3 } }],
  ])("%s are left out without a word", (_, more) => {
    expect(read({ input_tokens: 3, output_tokens: 4, ...more })).toEqual({
      usage: { input: 3, output: 4 },
      cost: undefined,
      notes: [],
    });
  });

  test.each([
    ["OpenRouter's cost", { cost: 1.6153 }, { total: 1.6153 }],
    ["Perplexity's cost", { cost: { total_cost: 0.5, request_cost: 0.2 } }, { total: 0.5 }],
    ["xAI's ticks", { cost_in_usd_ticks: 37_756_000 }, { total: 0.0037756 }],
  ])("%s is one", (_, more, cost) => {
    expect(read({ input_tokens: 3, ...more })).toEqual({ usage: { input: 3 }, cost, notes: [] });
  });

  test("a number that nobody knows is left out with a note; in usageDetails any name is a count", () => {
    expect(read({ input: 3, images: 2 })).toEqual({
      usage: { input: 3 },
      cost: undefined,
      notes: ["usage.images: no token count, left out"],
    });
    expect(readUsage({ usageDetails: { input: 3, images: 2 } }, () => {})).toEqual({
      usageDetails: '{"input":3,"images":2}',
    });
  });
});
