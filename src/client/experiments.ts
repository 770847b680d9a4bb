/**
 * Experiments: which variant a user gets, without a server, and turns that say which one it was. Runs in
 * browsers, Node, Deno and Workers alike; nothing of a page is needed.
 *
 * @module
 * @example
 * const tone = variant("tone", ["plain", "friendly"], { client, by: "user" });
 * const fetch = tracedFetch({ client, experiments: { tone } });
 * @example
 * // In a backend: the same user has the same variant.
 * const tone = variant("tone", ["plain", "friendly"], { id: user.id, weights: [9, 1] });
 */
import { assign } from "./experiments/assign.ts";
import type { Experiments } from "./experiments/labels.ts";
import { ownId } from "./experiments/own-id.ts";
import { turnsOf } from "./turn/turn-registry.ts";

export {
  type ExperimentLabels,
  experimentLabels,
  type Experiments,
  type Variants,
} from "./experiments/labels.ts";

/** The part of a `LangfuseProxy` that an assignment asks. */
interface Client {
  who(): { userId?: string | undefined; sessionId?: string | undefined };
}

export interface VariantOptions {
  /** How much of all goes to each variant, in their order; any positive numbers. Default: the same to each. */
  weights?: readonly number[];
  /** The id of a user, or of whatever gets one variant. */
  id?: string | number | undefined;
  /** Without an `id`: says who the user and the session are. */
  client?: Client | undefined;
  /** Without an `id`: whose it is. A user who is not known counts as the browser. Default `user`. */
  by?: "user" | "session" | "browser";
}

/**
 * The variant that an id gets: always the same one for the same name, variants and weights, on every
 * device and in every backend. To change variants or weights moves some ids to other variants.
 */
export function variant<const Variant>(
  name: string,
  variants: readonly Variant[],
  { weights, id, client, by = "user" }: VariantOptions = {},
): Variant {
  const { userId, sessionId } = client?.who() ?? {};
  const own = by === "user" ? userId : by === "session" ? sessionId : "";
  return assign(name, variants, String(id ?? (own || ownId())), weights);
}

/** Every turn of the client that names no experiments takes part in these. */
export function setExperiments(client: object, experiments: Experiments | undefined): void {
  turnsOf(client).experiments = experiments;
}
