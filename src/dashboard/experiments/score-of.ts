import type { Estimate, VariantBody } from "../../protocol/figures/body/experiments.ts";

/** A variant's score of this name, if it has one: a name may be one that every object has by birth. Pure. */
export function scoreOf(
  { scores }: Pick<VariantBody, "scores">,
  name: string,
): Estimate | undefined {
  return Object.hasOwn(scores, name) ? scores[name] : undefined;
}
