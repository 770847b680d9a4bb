// The variant of an experiment that an id is part of: the same on every device, in every language, without
// a server. docs/backends.md has the rule and its Python; a table of known answers holds them together. Pure.
import { sha256 } from "../trace/sha256.ts";

/** The hex digits of the hash that are read: 52 bits, which a double holds exactly. */
const DIGITS = 13;
const RANGE = 2 ** 52;

/**
 * The rule: the first 13 hex digits of the SHA-256 of `{name}\n{id}`, as a part of 2 ** 52, say how far along the
 * weights the id stands. The name is in the hash, so that experiments are independent of each other.
 * Weights that are missing, negative or no number count as 0; with no weight at all every variant has the same.
 */
export function assign<Variant>(
  name: string,
  variants: readonly Variant[],
  id: string,
  weights?: readonly number[],
): Variant {
  const given = variants.map((_, i) => Math.max(weights ? Number(weights[i]) || 0 : 1, 0));
  // Added one by one, from the first on: the other languages must come to the same double.
  const sum = given.reduce((before, weight) => before + weight, 0);
  const all = sum > 0 && sum < Infinity ? given : variants.map(() => 1);
  const total = sum > 0 && sum < Infinity ? sum : variants.length;
  const place = (parseInt(sha256(`${name}\n${id}`).slice(0, DIGITS), 16) / RANGE) * total;
  let upTo = 0;
  for (const [i, variant] of variants.entries()) {
    upTo += all[i] as number;
    if (place < upTo) return variant;
  }
  // Of weights that are next to nothing, the place is no exact number.
  return variants[all.findLastIndex((weight) => weight > 0)] as Variant;
}
