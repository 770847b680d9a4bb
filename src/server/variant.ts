import { assign } from "../client/experiments/assign.ts";

export interface VariantOptions {
  /** The id of a user, or of whatever gets one variant. */
  id: string | number;
  /** How much of all goes to each variant, in their order. Default: the same to each. */
  weights?: readonly number[] | undefined;
}

/** The variant that an id gets: the page's `variant()` of the same arguments gives the same. */
export function variant<const Variant>(
  name: string,
  variants: readonly Variant[],
  { id, weights }: VariantOptions,
): Variant {
  return assign(name, variants, String(id), weights);
}
