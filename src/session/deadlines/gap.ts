// Missing numbers of clients: how long the traces that they wrote to wait for them. No I/O, no clock.
import type { SessionState } from "../state.ts";

export interface Gap {
  client: string;
  /** Until when its missing number is waited for, epoch ms. */
  until: number;
}

/** The gap of these clients that is waited for longest; undefined when no number is missing. */
export function longestGap(state: SessionState, clients: readonly string[]): Gap | undefined {
  let longest: Gap | undefined;
  for (const client of clients) {
    const since = state.clients.get(client)?.gapSince;
    if (since === undefined) continue;
    const until = since + state.settings.gapWaitMs;
    if (longest === undefined || until > longest.until) longest = { client, until };
  }
  return longest;
}
