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

/**
 * How each tells of it, and where it says so (read in November 2026); some know nothing of what was
 * written to a cache.
 */
const SHAPES: [name: string, source: string, told: (taken: Taken) => object][] = [
  [
    "OpenAI's chat completions",
    "https://platform.openai.com/docs/api-reference/chat/object",
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
    "https://platform.openai.com/docs/api-reference/responses/object",
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
    "https://ai-sdk.dev/v5/docs/reference/ai-sdk-core/stream-text",
    (all) => ({
      inputTokens: inputOf(all),
      outputTokens: outputOf(all),
      cachedInputTokens: all.cached,
      reasoningTokens: all.reasoning,
    }),
  ],
  [
    "AI SDK 6 and 7",
    "https://ai-sdk.dev/docs/reference/ai-sdk-core/stream-text",
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
    "https://ai-sdk.dev/providers/community-providers/custom-providers",
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
    "https://docs.claude.com/en/api/messages",
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
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html",
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
    "https://ai.google.dev/api/generate-content#UsageMetadata",
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
    "https://docs.x.ai/developers/cost-tracking",
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
    "https://api-docs.deepseek.com/api/create-chat-completion",
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
    "https://docs.litellm.ai/docs/completion/usage",
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
    "https://reference.langchain.com/python/langchain_core/messages/",
    (all) => ({
      input_tokens: inputOf(all),
      output_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      input_token_details: { cache_read: all.cached, cache_creation: all.written },
      output_token_details: { reasoning: all.reasoning },
    }),
  ],
  [
    "LangChain over Anthropic, writes by their time",
    "https://reference.langchain.com/python/langchain_core/messages/",
    (all) => ({
      input_tokens: inputOf(all),
      output_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      input_token_details: {
        cache_read: all.cached,
        cache_creation: 0,
        ephemeral_5m_input_tokens: all.written >> 1,
        ephemeral_1h_input_tokens: all.written - (all.written >> 1),
      },
    }),
  ],
  [
    "OpenAI's Realtime: what was cached may be sound",
    "https://platform.openai.com/docs/api-reference/realtime-server-events/response/done",
    (all) => ({
      input_tokens: inputOf(all),
      output_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      input_token_details: {
        cached_tokens: all.cached,
        text_tokens: inputOf(all) - all.written - (all.cached >> 1),
        audio_tokens: all.written + (all.cached >> 1),
        cached_tokens_details: {
          text_tokens: all.cached - (all.cached >> 1),
          audio_tokens: all.cached >> 1,
        },
      },
      output_token_details: { text_tokens: all.text, audio_tokens: all.reasoning },
    }),
  ],
  [
    "OpenAI's chat completions with sound, all of it cached or not",
    "https://platform.openai.com/docs/guides/audio",
    (all) => ({
      prompt_tokens: inputOf(all),
      completion_tokens: outputOf(all),
      total_tokens: inputOf(all) + outputOf(all),
      prompt_tokens_details: { cached_tokens: all.cached, audio_tokens: inputOf(all) },
      completion_tokens_details: {
        audio_tokens: all.reasoning,
        accepted_prediction_tokens: all.text >> 1,
        rejected_prediction_tokens: all.text >> 2,
      },
    }),
  ],
  [
    "Gemini with sound",
    "https://ai.google.dev/api/generate-content#UsageMetadata",
    (all) => ({
      promptTokenCount: inputOf(all),
      cachedContentTokenCount: all.cached,
      candidatesTokenCount: all.text,
      thoughtsTokenCount: all.reasoning,
      totalTokenCount: inputOf(all) + outputOf(all),
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: all.fresh },
        { modality: "AUDIO", tokenCount: all.written + all.cached },
      ],
      cacheTokensDetails: [{ modality: "AUDIO", tokenCount: all.cached }],
      candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: all.text }],
    }),
  ],
  [
    "Gemini's Interactions",
    "https://ai.google.dev/api/interactions-api",
    (all) => ({
      total_input_tokens: inputOf(all),
      total_cached_tokens: all.cached,
      total_output_tokens: all.text,
      total_thought_tokens: all.reasoning,
      total_tokens: inputOf(all) + outputOf(all),
      input_tokens_by_modality: [{ modality: "audio", tokens: inputOf(all) }],
      cached_tokens_by_modality: [{ modality: "audio", tokens: all.cached }],
    }),
  ],
];

describe.each(SHAPES)("%s (%s)", (_, _source, told) => {
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

describe("kinds that have prices of their own", () => {
  test("what Anthropic writes to a cache for an hour", () => {
    const usage = { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3 };
    const writes = (cache_creation: object) =>
      read({ ...usage, cache_creation_input_tokens: 100, cache_creation }).usage;
    expect(writes({ ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 })).toEqual({
      input: 1,
      output: 2,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 60,
      input_cache_creation_1h: 40,
    });
    expect(writes({ ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 0 })).toMatchObject({
      cache_creation_input_tokens: 100,
    });
  });

  test("sound, but for what of it was cached", () => {
    const promptTokensDetails = [
      { modality: "TEXT", tokenCount: 10 },
      { modality: "AUDIO", tokenCount: 90 },
    ];
    const cacheTokensDetails = [{ modality: "AUDIO", tokenCount: 30 }];
    const counts = { promptTokenCount: 100, cachedContentTokenCount: 40, totalTokenCount: 100 };
    expect(read({ ...counts, promptTokensDetails, cacheTokensDetails }).usage).toEqual({
      input: 0,
      total: 100,
      input_audio_tokens: 60,
      input_cached_tokens: 40,
    });
  });

  test("Claude's thinking has none: it stays in the output", () => {
    expect(
      read({ input_tokens: 1, output_tokens: 40, output_tokens_details: { thinking_tokens: 10 } })
        .usage,
    ).toEqual({ input: 1, output: 40 });
    const usage = { inputTokens: 1, outputTokens: 40, reasoningTokens: 10 };
    const told = (model: string): unknown =>
      JSON.parse(readUsage({ usage, model }, () => {}).usageDetails ?? "");
    expect(told("anthropic/claude-sonnet-5")).toEqual({ input: 1, output: 40 });
    expect(told("gpt-5")).toMatchObject({ output: 30, output_reasoning_tokens: 10 });
  });
});

test.each([
  [
    { input: 1, output: 2 },
    { input: 1, output: 2 },
  ],
  [
    { input: 0.1, output: 0.2, input_cached_tokens: 0.3 },
    { input: 0.1, output: 0.2, input_cached_tokens: 0.3, total: 0.6 },
  ],
  [{ search: 0.1 }, { search: 0.1, total: 0.1 }],
  [
    { search: 0.1, total: 7 },
    { search: 0.1, total: 7 },
  ],
])("costs %j have a total where Langfuse would make none: %j", (costDetails, costs) => {
  expect(JSON.parse(readUsage({ costDetails }, () => {}).costDetails ?? "")).toEqual(costs);
});
