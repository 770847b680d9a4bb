// The journal's entries and what each does to the state. Applying the same entries to the same state
// always gives the same state: a cold object is rebuilt by this and by nothing else.
import type { AppendResult } from "../protocol/session-calls.ts";
import type { AssemblySettings } from "../settings.ts";
import { advance } from "./advance.ts";
import { type Arrival, foldArrival } from "./fold.ts";
import { grantLease, reserveLease } from "./lease.ts";
import { settle, type SettleEntry } from "./outbox.ts";
import type { Gate } from "./quota.ts";
import { sealNow } from "./seal.ts";
import type { SessionState } from "./state.ts";
import { layToRest } from "./tombstone.ts";
import { noteDue, readyTraces } from "./upcoming.ts";
import { use } from "./used.ts";

export type Entry =
  /** Settings for what is assembled from here on; written only while nothing is. */
  | { k: "pin"; t: number; project: string; settings: AssemblySettings }
  /**
   * Actions of one request; `deliver`: and seal at once what is complete; `bytes`: what they take of
   * the session's quota, where they count.
   */
  | { k: "arrive"; t: number; arrival: Arrival; deliver?: true; bytes?: number }
  /** What follows may be leased until `by` without another entry. */
  | { k: "reserve"; t: number; by: number }
  /** With `id`, a lease that was reserved. */
  | { k: "lease"; t: number; upTo: number; id?: number }
  | { k: "settle"; t: number; settle: SettleEntry }
  /** The session was deleted; records up to `upTo` may be in a delivery. */
  | { k: "forget"; t: number; upTo: number };

/**
 * Applies an entry; for arrivals, the result of each action.
 * @param gate while a request is taken in; what an entry holds was let through before
 */
export function applyEntry(state: SessionState, entry: Entry, gate?: Gate): AppendResult[] {
  advance(state, entry.t);
  switch (entry.k) {
    case "pin":
      state.project = entry.project;
      state.settings = entry.settings;
      return [];
    case "arrive": {
      const results = foldArrival(state, entry.arrival, gate);
      const taken = results.filter(({ status }) => status === "accepted").length;
      if (taken > 0) state.lastEntry = state.t;
      if (entry.bytes !== undefined) state.used = use(state.used, state.t, taken, entry.bytes);
      if (entry.deliver === true) {
        for (const trace of readyTraces(state)) {
          sealNow(state, trace);
          noteDue(state, trace);
        }
      }
      // What is due with the last action (a full trace) is sealed with it, not with the next one.
      advance(state, entry.t);
      return results;
    }
    case "reserve":
      reserveLease(state, entry.by);
      return [];
    case "lease":
      grantLease(state, entry.upTo, entry.id);
      return [];
    case "settle":
      settle(state, entry.settle);
      return [];
    case "forget":
      layToRest(state, entry.upTo);
      return [];
  }
}
