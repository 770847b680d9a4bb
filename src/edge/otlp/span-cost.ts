// The cost of a span whose writer tells tokens and a model in Langfuse's own attributes, as its SDKs do, by the
// operator's prices. Other instrumentations tell usage in forms of their own, some of them twice in a trace:
// theirs is for Langfuse to price. Pure.
import { costsOf, type ModelPrice } from "../../protocol/model-price.ts";
import { isObject } from "../../protocol/wire.ts";
import type { PriceLookup } from "../../settings/index.ts";
import { readUsage } from "../fields/usage.ts";
import type { SpanAttributes } from "./span-attributes.ts";

const MODEL = "langfuse.observation.model.name";
const USAGE = "langfuse.observation.usage_details";
const COST = "langfuse.observation.cost_details";

/** Adds the cost, where nobody has told one and the model has a price. */
export function addCost(attributes: SpanAttributes, modelPrices: PriceLookup | undefined): void {
  const model = attributes.text(MODEL);
  const usageDetails = parsed(attributes.text(USAGE));
  if (model === undefined || !isObject(usageDetails) || attributes.has(COST)) return;
  const price = modelPrices?.(model);
  // Of one token only one count: the writer may tell them as its provider does.
  const counts = price && readUsage({ usageDetails, model }, () => undefined).usageDetails;
  if (price === undefined || counts === undefined) return;
  const costs = costsOf(
    JSON.parse(counts) as Record<string, number>,
    JSON.parse(price) as ModelPrice,
  );
  if (costs !== undefined) attributes.set(COST, JSON.stringify(costs));
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
