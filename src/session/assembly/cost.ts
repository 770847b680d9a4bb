// What an observation costs, and what a trace's observations took together. No I/O, no clock. A cost that was
// told stands; else the prices apply that came with the model.
import { costsOf, type ModelPrice, roundCost } from "../../protocol/model-price.ts";
import type { Draft, Totals } from "./assembly-state.ts";
import type { OrderKey } from "./order-key.ts";

type Fields = Draft["fields"];
type Numbers = Record<string, number>;

/** JSON text of Langfuse's cost details; undefined where nobody knows them. */
export function costDetailsOf(fields: Fields): string | undefined {
  const told = fields.get("costDetails")?.v;
  if (told !== undefined) return String(told);
  const prices = fields.get("prices");
  const model = fields.get("model");
  const usage = numbersIn(fields.get("usageDetails")?.v);
  // Prices of another model than the one that stands are of no use: a later one may have none.
  if (usage === undefined || prices === undefined || !isSame(prices.s, model?.s)) return undefined;
  const price: ModelPrice | undefined = numbersIn(prices.v);
  const costs = price && costsOf(usage, price);
  return costs && JSON.stringify(costs);
}

/**
 * The totals with those of one more observation, as Langfuse adds up a trace: of all observations, whatever
 * is below what. The same totals where it has neither usage nor cost.
 */
export function addTotals(totals: Totals | undefined, fields: Fields): Totals | undefined {
  const usage = numbersIn(fields.get("usageDetails")?.v);
  const costs = numbersIn(costDetailsOf(fields));
  if (usage === undefined && costs === undefined) return totals;
  const before = totals ?? { tokens: 0, cost: 0, unpriced: 0 };
  return {
    tokens: before.tokens + (usage === undefined ? 0 : sumOf(usage)),
    cost: roundCost(before.cost + (costs === undefined ? 0 : roundCost(sumOf(costs)))),
    unpriced: before.unpriced + (costs === undefined ? 1 : 0),
  };
}

/** A root's metadata. A cost that lacks a part is none. */
export function totalsAsMetadata(totals: Totals | undefined): [key: string, text: string][] {
  if (totals === undefined) return [];
  const { tokens, cost, unpriced } = totals;
  return [
    ["totalTokens", String(tokens)],
    // Without an exponent, which a filter's text would not match.
    ...(unpriced === 0
      ? [["totalCost", cost.toFixed(12).replace(/\.?0+$/, "")] as [string, string]]
      : []),
  ];
}

function sumOf({ total, ...parts }: Numbers): number {
  return total ?? Object.values(parts).reduce((sum, value) => sum + value, 0);
}

function isSame(one: OrderKey, other: OrderKey | undefined): boolean {
  return one.every((part, place) => part === other?.[place]);
}

/** Beyond the edge's own bound of a count: what may be added up for ever without becoming infinite. */
const MAX_AMOUNT = 1e15;

/**
 * Undefined also for a text that was left out since an observation was too large. A hook may have written anything:
 * what is no number of the kind is none, since what throws here, or can't be stored, would take the session along.
 */
function numbersIn(text: string | number | undefined): Numbers | undefined {
  if (typeof text !== "string" || !text.startsWith("{")) return undefined;
  const all = objectIn(text);
  if (all === undefined) return undefined;
  const entries = Object.entries(all);
  const amounts = entries.filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === "number" && Math.abs(entry[1]) <= MAX_AMOUNT,
  );
  return entries.length > 0 && amounts.length === 0 ? undefined : Object.fromEntries(amounts);
}

function objectIn(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
