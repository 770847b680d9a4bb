// How many different texts were seen: the smallest of their hashes (k minimum values). Exact while there are fewer
// than MAX_HASHES, within some 6 % (one standard deviation) beyond. Adding is idempotent, merging is associative
// and commutative. Pure. The method: Bar-Yossef and others, "Counting distinct elements in a data stream", 2002.
import type { Distinct } from "../../protocol/figures/cells.ts";

export const MAX_HASHES = 256;
const HASHES = 2 ** 32;

/** Adds a text, in place. */
export function addDistinct(seen: Distinct, text: string): void {
  insert(seen, hashOf(text));
}

/** Adds what another has seen, in place. */
export function mergeDistinct(seen: Distinct, other: Distinct): void {
  for (const hash of other) insert(seen, hash);
}

export function countDistinct(seen: Distinct): number {
  const last = seen.at(-1);
  if (last === undefined || seen.length < MAX_HASHES) return seen.length;
  return Math.round(((seen.length - 1) * HASHES) / (last + 1));
}

function insert(seen: Distinct, hash: number): void {
  let [low, high] = [0, seen.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seen[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  if (seen[low] === hash || low >= MAX_HASHES) return;
  seen.splice(low, 0, hash);
  if (seen.length > MAX_HASHES) seen.pop();
}

/** FNV-1a, and the last step of MurmurHash3, which spreads it evenly. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
