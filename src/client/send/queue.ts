// An action that waits for the edge's answer, and which of them go next.
import type { Result } from "../types.ts";

export interface Item {
  json: string;
  bytes: number;
  /** The time of the call, on the page's own clock, ms. */
  at: number;
  /** It is in a request that outlives the page. */
  keepalive?: boolean;
  /** A flush has no number, and nothing is lost with it. */
  seq: number | undefined;
  resolve: Resolve;
}
export type Resolve = (result: Result) => void;

export const queuedBytes = (items: Iterable<Item>): number => {
  let bytes = 0;
  for (const item of items) bytes += item.bytes;
  return bytes;
};

/**
 * The next actions for a request with so much room, in their order; one that is larger than all room
 * goes alone. `urgent`: whatever fits.
 */
export function nextBatch(items: Item[], room: number, most: number, urgent?: boolean): Item[] {
  const batch: Item[] = [];
  for (const item of items) {
    const fits = item.bytes <= room;
    if (urgent ? fits : !batch[0] || (fits && batch.length < most)) {
      batch.push(item);
      room -= item.bytes;
    } else if (!urgent) break;
  }
  return batch;
}
