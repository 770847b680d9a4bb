// What tokens cost by an operator's prices. Pure. Counts are disjoint (edge/fields/usage.ts), so each is paid
// once; a total is only what they add up to.

/** US dollars for a million tokens, by kind: a kind's short name, or the name that a count is written under. */
export type ModelPrice = Readonly<Record<string, number>>;

/** Short names of kinds, for the counts of all providers alike; the first that has a price counts. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  input_cached_tokens: ["cached"],
  cache_read_input_tokens: ["cached"],
  input_cache_read: ["cached"],
  cache_creation_input_tokens: ["cache_write"],
  input_cache_creation: ["cache_write"],
  input_cache_creation_5m: ["cache_write"],
  input_cache_creation_1h: ["cache_write_1h", "cache_write"],
  output_reasoning_tokens: ["reasoning"],
  output_reasoning: ["reasoning"],
};

/** Kinds that a price may name; any other begins with the side that it is part of. */
export const SHORT_KINDS: readonly string[] = [
  "input",
  "output",
  "total",
  ...new Set(Object.values(KINDS).flat()),
];
const SIDED = /^(input|output)_\w+$|^cache_(read|creation)_input_tokens$/;

export const isKind = (name: string): boolean => SHORT_KINDS.includes(name) || SIDED.test(name);

/** A count that has no price of its own costs what its side costs: reasoning what output does. */
function priceOf(name: string, price: ModelPrice): number | undefined {
  const own = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  const side = /input|output/.exec(name)?.[0];
  const names = [name, ...(own ?? []), name.replace(/_tokens$/, ""), side ?? ""];
  const found = names.find((one) => Object.hasOwn(price, one));
  return found === undefined ? undefined : price[found];
}

/** Dollars with as many decimals as Langfuse stores: so rounded, sums are the same in any order. */
export const roundCost = (dollars: number): number => Math.round(dollars * 1e12) / 1e12;

/**
 * Langfuse's cost details, US dollars: of each count that has a price, and their total, without which
 * Langfuse adds up nothing but `input` and `output`. Undefined where nothing has a price.
 */
export function costsOf(
  usage: Readonly<Record<string, number>>,
  price: ModelPrice,
): Record<string, number> | undefined {
  const costs = new Map<string, number>();
  for (const [name, tokens] of Object.entries(usage)) {
    const dollars = name === "total" ? undefined : priceOf(name, price);
    if (dollars !== undefined) costs.set(name, roundCost((tokens * dollars) / 1e6));
  }
  const { total: tokens } = usage;
  if (costs.size > 0) {
    costs.set("total", roundCost([...costs.values()].reduce((sum, cost) => sum + cost, 0)));
  } else if (tokens !== undefined && price["total"] !== undefined) {
    costs.set("total", roundCost((tokens * price["total"]) / 1e6));
  }
  return costs.size > 0 ? Object.fromEntries(costs) : undefined;
}
