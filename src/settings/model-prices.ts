// MODEL_PRICES: what models cost, for generations whose cost nobody else tells. Pure. A wrong entry is left
// out, and a problem.
import { isKind, type ModelPrice, SHORT_KINDS } from "../protocol/model-price.ts";
import { jsonOf, type RawEnv } from "./read.ts";

/** JSON text of a model's prices (protocol/model-price.ts); undefined where it has none. */
export type PriceLookup = (model: string) => string | undefined;

/** More than fit into one variable of a Worker, which takes 5 KB. */
const MAX_PATTERNS = 200;
/** Longest pattern, and longest name of a model that is looked up, in UTF-16 units. */
const MAX_MODEL_LENGTH = 200;
const MAX_KINDS = 20;
const MAX_DOLLARS = 1_000_000;
/** Models whose prices are remembered: requests name the same few again and again. */
const MAX_REMEMBERED = 200;

interface Pattern {
  /** Lower case; the parts between the `*`. */
  parts: readonly string[];
  /** Characters that a name must have. */
  literal: number;
  price: string;
}

/** Undefined where no model has a price. */
export function readModelPrices(env: RawEnv, problems: string[]): PriceLookup | undefined {
  const entries = Object.entries(jsonOf(env, "MODEL_PRICES", problems));
  if (entries.length > MAX_PATTERNS) {
    problems.push(`MODEL_PRICES: more than ${MAX_PATTERNS} models; the rest is left out`);
  }
  const patterns = entries.slice(0, MAX_PATTERNS).flatMap(([model, price], index) => {
    const problem = model === "" ? "its name is empty" : problemOf(model, price);
    if (problem !== undefined) {
      problems.push(`MODEL_PRICES: entry ${index + 1}: ${problem}; it is left out`);
      return [];
    }
    return patternOf(model, price as ModelPrice);
  });
  return patterns.length > 0 ? lookupIn(patterns) : undefined;
}

function problemOf(model: string, price: unknown): string | undefined {
  if (model.length > MAX_MODEL_LENGTH)
    return `its name has more than ${MAX_MODEL_LENGTH} characters`;
  const kinds = typeof price === "object" && price !== null ? Object.entries(price) : [];
  if (kinds.length === 0 || Array.isArray(price)) {
    return 'must be an object of prices, such as {"input":1.25,"output":10}';
  }
  if (kinds.length > MAX_KINDS) return `has more than ${MAX_KINDS} prices`;
  if (!kinds.every(([kind]) => isKind(kind))) {
    return `a kind of token must be ${SHORT_KINDS.join(", ")}, or begin with input_ or output_`;
  }
  const isPrice = (dollars: unknown): boolean =>
    typeof dollars === "number" && dollars >= 0 && dollars <= MAX_DOLLARS;
  return kinds.every(([, dollars]) => isPrice(dollars))
    ? undefined
    : `a price must be a number of US dollars for a million tokens, from 0 to ${MAX_DOLLARS}`;
}

function patternOf(model: string, price: ModelPrice): Pattern {
  const parts = model.toLowerCase().split(/\*+/);
  const literal = parts.reduce((sum, part) => sum + part.length, 0);
  return { parts, literal, price: JSON.stringify(price) };
}

/** A name without `*` comes before every pattern, then the pattern with the most characters; then the first. */
function lookupIn(patterns: readonly Pattern[]): PriceLookup {
  const isExact = ({ parts }: Pattern): number => (parts.length === 1 ? 1 : 0);
  const sorted = patterns.toSorted((a, b) => isExact(b) - isExact(a) || b.literal - a.literal);
  const known = new Map<string, string | undefined>();
  return (model) => {
    if (model.length > MAX_MODEL_LENGTH) return undefined;
    if (known.has(model)) return known.get(model);
    const name = model.toLowerCase();
    const price = sorted.find(({ parts }) => matches(name, parts))?.price;
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(model, price);
    return price;
  };
}

/** Whether the parts stand in the name in their order, the first at its beginning, the last at its end. */
function matches(name: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= end;
}
