// Token counts and costs, in Langfuse's shapes and OpenAI's, named as Langfuse's server names them:
// OpenAI's details are taken out of the plain counts and stand beside them (`input_cached_tokens`,
// `output_reasoning_tokens`). Pure.
import { MAX_KEY_LENGTH } from "../protocol/limits.ts";
import { cutText, type Note, safeText } from "../protocol/safe.ts";
import { isObject } from "../protocol/wire.ts";
import { Refused } from "./refused.ts";

const COUNT_NAMES: Readonly<Record<string, "input" | "output" | "total">> = {
  promptTokens: "input",
  prompt_tokens: "input",
  inputTokens: "input",
  input_tokens: "input",
  completionTokens: "output",
  completion_tokens: "output",
  outputTokens: "output",
  output_tokens: "output",
  totalTokens: "total",
  total_tokens: "total",
};
const DETAIL_NAMES: Readonly<Record<string, "input" | "output">> = {
  prompt_tokens_details: "input",
  input_tokens_details: "input",
  completion_tokens_details: "output",
  output_tokens_details: "output",
};
const COST_NAMES: Readonly<Record<string, "input" | "output" | "total">> = {
  inputCost: "input",
  outputCost: "output",
  totalCost: "total",
};
/** Said by Langfuse's old shape, of no meaning to its new one. */
const UNIT = "unit";

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
  const costs = new Map<string, number>();
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

function readCounts(
  value: unknown,
  where: string,
  note: Note,
): { counts: Numbers; costs: Numbers } {
  const counts: Numbers = new Map();
  const costs: Numbers = new Map();
  const details: Numbers = new Map();
  const entries = entriesOf(value, where);
  for (const [key, item] of entries) {
    const side = own(DETAIL_NAMES, key);
    const cost = own(COST_NAMES, key);
    if (side !== undefined) {
      for (const [name, count] of entriesOf(item, `${where}.${key}`)) {
        addCount(details, `${side}_${name}`, count, where, note);
      }
    } else if (cost !== undefined) add(costs, cost, item, where, note);
    else if (key !== UNIT) addCount(counts, own(COUNT_NAMES, key) ?? key, item, where, note);
  }
  for (const [name, count] of details) {
    const side = name.startsWith("input_") ? "input" : "output";
    const whole = counts.get(side);
    if (whole !== undefined) counts.set(side, Math.max(whole - count, 0));
    counts.set(name, count);
  }
  return { counts, costs };
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

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
