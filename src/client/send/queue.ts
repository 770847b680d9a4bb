// An action that waits for the edge's answer, and which of them go next.
import type { Result } from "../types.ts";

export interface Item {
  json: string;
  /**
   * The values that the text still lacks, since only the extras can say them: they may be files, which the bytes that wait
   * do not count. And the room that the text has.
   */
  odd: unknown[];
  room: number;
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

export const queuedBytes = (items: Iterable<Item>): number =>
  [...items].reduce((all, { bytes }) => all + bytes, 0);

/**
 * The next actions for a request with so much room, in their order; one that is larger than all room
 * goes alone. `urgent`: whatever fits.
 */
export const nextBatch = (items: Item[], room: number, most: number, urgent?: boolean): Item[] =>
  items.filter((item, i) =>
    urgent
      ? item.bytes <= room && (room -= item.bytes) >= 0
      : ((room -= item.bytes) >= 0 && i < most) || !i,
  );
