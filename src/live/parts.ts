// Turns in messages of a bounded number and length. No I/O, no clock.
import { type LiveTurn, MAX_LIVE_TURNS } from "../protocol/live.ts";

/** Longest message but for a single turn's, in UTF-16 units: a watcher on a phone reads it at once. */
const MAX_MESSAGE_LENGTH = 256 * 1024;

export function inParts(turns: readonly LiveTurn[]): LiveTurn[][] {
  const parts: LiveTurn[][] = [];
  let length = Infinity;
  for (const turn of turns) {
    const own = JSON.stringify(turn).length;
    const last = parts.at(-1);
    if (last === undefined || last.length >= MAX_LIVE_TURNS || length + own > MAX_MESSAGE_LENGTH) {
      parts.push([turn]);
      length = own;
    } else {
      last.push(turn);
      length += own;
    }
  }
  return parts;
}
