// Token counts and costs as providers and SDKs tell them, turned into counts that add up: what is part
// of another count is taken out of it and stands beside it, as Langfuse's server does with OpenAI's
// (`input_cached_tokens`, `output_reasoning_tokens`). No token is counted twice. Pure.
import { MAX_KEY_LENGTH } from "../../protocol/limits.ts";
import { cutText, type Note, safeText } from "../../protocol/json/safe.ts";
import { isObject } from "../../protocol/wire.ts";
import { Refused } from "../interpret/refused.ts";
import {
  commonName,
  costOf,
  detailsOf,
  flatCountOf,
  isNoise,
  isTokenCount,
  partName,
  type Side,
  wholeOf,
} from "./usage-names.ts";

type Numbers = Map<string, number>;

export interface Usage {
  /** JSON text of an object of numbers. */
  usageDetails?: string;
  costDetails?: string;
}

/** `usageDetails` and `costDetails` win over `usage`, as Langfuse has it. */
export function readUsage(
  data: { usage?: unknown; usageDetails?: unknown; costDetails?: unknown },
  note: Note,
): Usage {
  const plain = readCounts(data.usage, "usage", note);
  const details = readCounts(data.usageDetails, "usageDetails", note);
  const costs: Numbers = new Map();
  for (const [key, value] of entriesOf(data.costDetails, "costDetails")) {
    add(costs, key, value, "costDetails", note);
  }
  const counts = details.counts.size > 0 ? details.counts : plain.counts;
  const cost = [costs, details.costs, plain.costs].find((numbers) => numbers.size > 0);
  return {
    ...(counts.size > 0 && { usageDetails: JSON.stringify(Object.fromEntries(counts)) }),
    ...(cost !== undefined && { costDetails: JSON.stringify(Object.fromEntries(cost)) }),
  };
}

interface Read {
  /** `input`, `output`, `total`, and what stands beside them. */
  counts: Numbers;
  /** Counts that `input` or `output` has too, by what they will be called. */
  parts: Record<Side, Numbers>;
  costs: Numbers;
}

/** xAI's unit of cost: https://docs.x.ai/developers/cost-tracking */
const TICKS_PER_DOLLAR = 1e10;

function readCounts(value: unknown, where: string, note: Note): Read {
  const read: Read = {
    counts: new Map(),
    parts: { input: new Map(), output: new Map() },
    costs: new Map(),
  };
  const told = entriesOf(value, where);
  const names = new Set(told.map(([key]) => commonName(key)));
  // A part that is more than its whole is beside it: AI SDK 5 over Anthropic, Perplexity.
  const flat: { name: string; side: Side; item: unknown }[] = [];
  for (const [key, item] of told) {
    const name = commonName(key);
    const whole = wholeOf(name);
    const details = detailsOf(name);
    const count = flatCountOf(name);
    const cost = costOf(name);
    if (whole === "total" || (whole !== undefined && !isObject(item))) {
      addCount(read.counts, whole, item, where, note);
    } else if (whole !== undefined) readWhole(read, whole, item as object, where, note);
    else if (details !== undefined) readParts(read, details, item, `${where}.${key}`, note);
    else if (count !== undefined) {
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
      const { counts } = readCounts(item, `${where}.tokens`, note);
      for (const [inner, number] of counts) read.counts.set(inner, number);
    } else readOther(read.counts, key, item, where, note);
  }
  for (const { name, side, item } of flat) {
    const known = read.parts[side].has(name) || repeats(read, side, name);
    if (!known) addCount(read.parts[side], name, item, where, note);
    const count = read.parts[side].get(name) ?? 0;
    if (!known && count > (read.counts.get(side) ?? Infinity)) {
      read.parts[side].delete(name);
      read.counts.set(name, count);
      read.counts.delete("total");
    }
  }
  takeOut(read);
  return read;
}

/** LiteLLM tells what is cached under the names of two providers. */
function repeats({ parts }: Read, side: Side, name: string): boolean {
  const other =
    name === "cache_read_input_tokens"
      ? "input_cached_tokens"
      : name === "cache_creation_input_tokens"
        ? "input_cache_creation"
        : name;
  return parts[side].has(other);
}

/** The AI SDK's providers tell a whole with its parts: `{total, noCache, cacheRead, cacheWrite}`. */
function readWhole(read: Read, side: Side, item: object, where: string, note: Note): void {
  const { total } = item as { total?: unknown };
  addCount(read.counts, side, total, where, note);
  readParts(read, side, item, `${where}.${side}`, note);
}

function readParts(read: Read, side: Side, item: unknown, where: string, note: Note): void {
  // Gemini's modalities are a list, and repeat the whole.
  if (Array.isArray(item)) return;
  for (const [key, count] of entriesOf(item, where)) {
    const name = partName(side, key);
    if (name !== undefined && !isObject(count)) {
      addCount(read.parts[side], name, count, where, note);
    }
  }
}

function takeOut({ counts, parts }: Read): void {
  const input = counts.get("input");
  const output = counts.get("output");
  const total = counts.get("total");
  const thought = parts.output.get("output_reasoning_tokens") ?? 0;
  const told = (input ?? 0) + (output ?? 0);
  // xAI's output is without its reasoning; the total tells.
  const isThoughtBeside = thought > 0 && total === told + thought;
  for (const side of ["input", "output"] as const) {
    for (const [name, count] of parts[side]) {
      const whole = counts.get(side);
      const isBeside = side === "output" && name === "output_reasoning_tokens" && isThoughtBeside;
      if (whole !== undefined && !isBeside) counts.set(side, Math.max(whole - count, 0));
      counts.set(name, count);
    }
  }
  // A total that is less than what it holds is that of a piece: LangChain's last chunk.
  if (total !== undefined && total < told) counts.delete("total");
  const hasParts = [...parts.input.values(), ...parts.output.values()].some((count) => count > 0);
  if (hasParts && !counts.has("total") && input !== undefined && output !== undefined) {
    counts.set(
      "total",
      [...counts.values()].reduce((all, count) => all + count, 0),
    );
  }
}

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
  throw new Refused("invalid_data", `${where}: must be an object of numbers`, `data.${where}`);
}
