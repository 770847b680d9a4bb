// An action that waits for the edge's answer, and which of them go next.
import type { Result } from "./types.ts";

export interface Item {
  json: string;
  bytes: number;
  /** It is in a request that outlives the page. */
  lasts?: boolean;
  /** A flush has no number, and nothing is lost with it. */
  seq: number | undefined;
  resolve: Resolve;
}
export type Resolve = (result: Result) => void;

export const bytesOf = (items: Item[]): number => items.reduce((sum, item) => sum + item.bytes, 0);

/**
 * The next actions for a request with so much room, in their order; one that is larger than all room
 * goes alone. `urgent`: whatever fits.
 */
export function nextBatch(items: Item[], room: number, most: number, urgent?: boolean): Item[] {
  const batch: Item[] = [];
  for (const item of items) {
    const fits = bytesOf(batch) + item.bytes <= room;
    if (urgent ? fits : !batch[0] || (fits && batch.length < most)) batch.push(item);
    else if (!urgent) break;
  }
  return batch;
}
