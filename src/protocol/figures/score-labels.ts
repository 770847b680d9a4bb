// What a score says of its trace, for figures: their attributes and no more. A page may write 80 KB of metadata on its
// trace and score it thousands of times. Pure.
import { COUNTRY_KEY } from "./dimensions.ts";

type Pairs = readonly [key: string, text: string][];

/** Metadata that names the variant of an experiment. */
export const EXPERIMENT = "experiment_";
/** Metadata of a trace that was sampled: how many it stands for. */
export const WEIGHT_KEY = "langfuse_edge_weight";
/** Variants of a turn that figures know. */
export const MAX_VARIANTS = 8;
const SINGLE: ReadonlySet<string> = new Set(["source", COUNTRY_KEY, WEIGHT_KEY]);

/** Those by which figures are told apart, of metadata in the order of its keys. */
export function labelsAmong(metadata: Pairs): [key: string, text: string][] {
  const variants = metadata.filter(([key, text]) => key.startsWith(EXPERIMENT) && text !== "");
  return [...metadata.filter(([key]) => SINGLE.has(key)), ...variants.slice(0, MAX_VARIANTS)];
}
