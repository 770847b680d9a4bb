// Token counts and costs in the forms of providers and SDKs, turned into counts that add up: a count
// that is part of another is taken out of it and stands beside it, as Langfuse's server does with OpenAI's
// (`input_cached_tokens`, `output_reasoning_tokens`). No token is counted twice. Pure.
import { MAX_KEY_LENGTH } from "../../protocol/limits.ts";
import { roundCost } from "../../protocol/model-price.ts";
import { cutText, type Note, safeText } from "../../protocol/json/safe.ts";
import { isObject } from "../../protocol/wire.ts";
import { RefusalError } from "./refusal-error.ts";
import {
  commonName,
  costOf,
  detailsOf,
  flatCountOf,
  isCachedDetails,
  isNoise,
  isTokenCount,
  partName,
  type Side,
  wholeOf,
} from "./usage-names.ts";
import { type Numbers, type Read, takeOut } from "./usage-parts.ts";

export interface Usage {
  /** JSON text of an object of numbers. */
  usageDetails?: string;
  costDetails?: string;
}

/** Langfuse's own prices of these have none for reasoning apart: it stays in the output. */
const WITHOUT_REASONING = /claude/i;

/** `usageDetails` and `costDetails` win over `usage`, as Langfuse has it. */
export function readUsage(
  data: {
    usage?: unknown;
    usageDetails?: unknown;
    costDetails?: unknown;
    model?: string | undefined;
  },
  note: Note,
): Usage {
  const hasReasoning = !WITHOUT_REASONING.test(data.model ?? "");
  const plain = readCounts(data.usage, "usage", note, hasReasoning);
  const details = readCounts(data.usageDetails, "usageDetails", note, hasReasoning);
  const costs: Numbers = new Map();
  for (const [key, value] of entriesOf(data.costDetails, "costDetails")) {
    add(costs, key, value, "costDetails", note);
  }
  const counts = details.counts.size > 0 ? details.counts : plain.counts;
  const cost = [costs, details.costs, plain.costs].find((numbers) => numbers.size > 0);
  if (cost !== undefined) addTotal(cost);
  return {
    ...(counts.size > 0 && { usageDetails: JSON.stringify(Object.fromEntries(counts)) }),
    ...(cost !== undefined && { costDetails: JSON.stringify(Object.fromEntries(cost)) }),
  };
}

/** Langfuse's server adds up a total of `input` and `output` alone: beside other costs there would be none. */
function addTotal(costs: Numbers): void {
  if (costs.has("total") || [...costs.keys()].every((name) => /^(in|out)put$/.test(name))) return;
  costs.set("total", roundCost([...costs.values()].reduce((sum, cost) => sum + cost, 0)));
}

/** xAI's unit of cost: https://docs.x.ai/developers/cost-tracking */
const TICKS_PER_DOLLAR = 1e10;

function readCounts(value: unknown, where: string, note: Note, hasReasoning: boolean): Read {
  const read: Read = {
    counts: new Map(),
    parts: { input: new Map(), output: new Map() },
    costs: new Map(),
    cachedAudio: 0,
    hourWrites: 0,
  };
  const entries = entriesOf(value, where);
  const names = new Set(entries.map(([key]) => commonName(key)));
  // A part that is more than its whole is beside it: AI SDK 5 over Anthropic, Perplexity.
  const flat: { name: string; side: Side; item: unknown }[] = [];
  for (const [key, item] of entries) {
    const name = commonName(key);
    const whole = wholeOf(name);
    const details = detailsOf(name);
    const count = flatCountOf(name);
    const cost = costOf(name);
    if (whole === "total" || (whole !== undefined && !isObject(item))) {
      addCount(read.counts, whole, item, where, note);
    } else if (whole !== undefined) readWhole(read, whole, item as object, where, note);
    else if (details !== undefined) readParts(read, details, item, `${where}.${key}`, note);
    else if (isCachedDetails(name)) read.cachedAudio += audioIn(item);
    else if (name === "cache_creation") {
      const { ephemeral_1h_input_tokens: writes } = Object(item) as Record<string, unknown>;
      read.hourWrites = countOf(writes);
    } else if (count !== undefined) {
      const isBeside =
        count.is === "beside" || (count.is === "openai" && !names.has("prompt_tokens"));
      if (isBeside) addCount(read.counts, count.name, item, where, note);
      else flat.push({ name: count.name, side: count.side, item });
    } else if (cost !== undefined) add(read.costs, cost, item, where, note);
    else if (name === "cost") readCost(read.costs, item, where, note);
    else if (name === "cost_in_usd_ticks" && typeof item === "number") {
      add(read.costs, "total", item / TICKS_PER_DOLLAR, where, note);
    } else if (name === "tokens" && isObject(item)) {
      // Cohere's, beside what it bills.
      const { counts } = readCounts(item, `${where}.tokens`, note, hasReasoning);
      for (const [inner, number] of counts) read.counts.set(inner, number);
    } else readOther(read.counts, key, item, where, note);
  }
  for (const { name, side, item } of flat) {
    const isRepeat = read.parts[side].has(name) || repeats(read, side, name);
    if (!isRepeat) addCount(read.parts[side], name, item, where, note);
    const count = read.parts[side].get(name) ?? 0;
    if (!isRepeat && count > (read.counts.get(side) ?? Infinity)) {
      read.parts[side].delete(name);
      read.counts.set(name, count);
      read.counts.delete("total");
    }
  }
  if (!hasReasoning) read.parts.output.delete("output_reasoning_tokens");
  takeOut(read);
  return read;
}

/** LiteLLM gives cached counts under the names of two providers. */
function repeats({ parts }: Read, side: Side, name: string): boolean {
  const other =
    name === "cache_read_input_tokens"
      ? "input_cached_tokens"
      : name === "cache_creation_input_tokens"
        ? "input_cache_creation"
        : name;
  return parts[side].has(other);
}

/** The AI SDK's providers give a whole with its parts: `{total, noCache, cacheRead, cacheWrite}`. */
function readWhole(read: Read, side: Side, item: object, where: string, note: Note): void {
  const { total } = item as { total?: unknown };
  addCount(read.counts, side, total, where, note);
  readParts(read, side, item, `${where}.${side}`, note);
}

function readParts(read: Read, side: Side, item: unknown, where: string, note: Note): void {
  if (Array.isArray(item)) {
    // The whole once more, by modality; only sound has a price of its own.
    const audio = audioIn(item);
    if (audio > 0) addCount(read.parts[side], `${side}_audio_tokens`, audio, where, note);
    return;
  }
  for (const [key, count] of entriesOf(item, where)) {
    const name = partName(side, key);
    if (isCachedDetails(commonName(key))) read.cachedAudio += audioIn(count);
    else if (name !== undefined && !isObject(count)) {
      addCount(read.parts[side], name, count, where, note);
    }
  }
}

/** Tokens of sound, in a list of modalities with their counts or in an object of counts. */
function audioIn(item: unknown): number {
  if (!Array.isArray(item)) {
    const { audio_tokens, audioTokens } = Object(item) as Record<string, unknown>;
    return countOf(audio_tokens ?? audioTokens);
  }
  const counts = item.map((one: unknown) => {
    const { modality, tokenCount, token_count, tokens } = Object(one) as Record<string, unknown>;
    const isAudio = typeof modality === "string" && /^audio$/i.test(modality);
    return isAudio ? countOf(tokenCount ?? token_count ?? tokens) : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

const countOf = (value: unknown): number =>
  typeof value === "number" && value >= 0 && value <= MAX_AMOUNT ? Math.round(value) : 0;

/** OpenRouter's is a number of dollars, Perplexity's an object of them. */
function readCost(costs: Numbers, item: unknown, where: string, note: Note): void {
  if (!isObject(item)) return add(costs, "total", item, where, note);
  for (const [key, value] of Object.entries(item)) {
    const name = costOf(commonName(key));
    if (name !== undefined) add(costs, name, value, `${where}.cost`, note);
  }
}

/** In `usageDetails` any name is a count, as Langfuse has it; in `usage` only tokens are. */
function readOther(counts: Numbers, key: string, item: unknown, where: string, note: Note): void {
  const name = commonName(key);
  const isCount = isTokenCount(name) || (where === "usageDetails" && typeof item === "number");
  if (isNoise(name) && !(where === "usageDetails" && isCount)) return;
  if (isCount || typeof item !== "number") {
    if (isObject(item) && where === "usage") return;
    addCount(counts, key, item, where, note);
  } else note(`${where}.${cutText(key, MAX_KEY_LENGTH, where, note)}: no token count, left out`);
}

/** Beyond it JSON writes exponents, which a column of whole numbers or decimals may refuse. */
const MAX_AMOUNT = 1e12;

/** Langfuse takes whole counts only. */
function addCount(counts: Numbers, key: string, value: unknown, where: string, note: Note): void {
  const whole = typeof value === "number" && Number.isFinite(value) ? Math.round(value) : value;
  if (whole !== value) note(`${where}.${key}: rounded`);
  add(counts, key, whole, where, note);
}

function add(numbers: Numbers, rawKey: string, value: unknown, where: string, note: Note): void {
  if (value === null || value === undefined) return;
  const key = cutText(safeText(rawKey, where, note), MAX_KEY_LENGTH, `${where} key`, note);
  if (typeof value !== "number" || !(value >= 0 && value <= MAX_AMOUNT)) {
    note(`${where}.${key}: not a number from 0 to ${MAX_AMOUNT}, left out`);
  } else if (!numbers.has(key)) numbers.set(key, value);
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (isObject(value)) return Object.entries(value);
  throw new RefusalError("invalid_data", `${where}: must be an object of numbers`, `data.${where}`);
}
