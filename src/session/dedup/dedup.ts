// The memory of actions that tells a repeat from a new one, in bounded space. No I/O, no
// clock. Where the bound has made it forget, it says so (`too_old`) instead of guessing.
import { MAX_CLIENTS, MAX_IDS, MAX_RANGES, MEMORY_MS } from "../bounds.ts";
import type { SessionState } from "../state.ts";
import { releaseGap } from "../deadlines/next-deadline.ts";

/** The memory of a client, to know repeats and to see gaps. */
export interface Client {
  /** Numbers seen, as sorted, disjoint, inclusive ranges. */
  seen: [low: number, high: number][];
  /** Below this, what is not in `seen` can't be told apart any more. */
  floor: number;
  /** Since when a number is missing. */
  gapSince?: number;
  /** Numbers up to this one that are missing have been waited for; they are not any more. */
  givenUp: number;
  /** Latest arrival of an action of this client. */
  lastArrival: number;
  /** Offset added to this client's times, ms; 0 when its clock is right enough. */
  offset: number;
}

export type DedupResult = "new" | "repeat" | "too_old";

export interface ActionIdentity {
  clientId?: string | undefined;
  seq?: number | undefined;
  id?: string | undefined;
  /** Epoch ms, corrected clock. */
  at: number;
}

/** Is this action known? Reads only. */
export function lookUp(state: SessionState, action: ActionIdentity): DedupResult {
  const { clientId, seq, id, at } = action;
  if (id !== undefined && state.ids.has(id)) return "repeat";
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  if (client !== undefined && seq !== undefined) {
    if (client.seen.some(([low, high]) => low <= seq && seq <= high)) return "repeat";
    if (seq < client.floor) return "too_old";
  }
  if (seq === undefined && id !== undefined && at < state.idsForgottenBefore) return "too_old";
  if (at < state.forgottenBefore) return "too_old";
  return at < state.t - MEMORY_MS && !followsKnown(client, seq) ? "too_old" : "new";
}

/**
 * A number above one that is remembered: the client gave it later, so its time is no sign of age. The clock
 * went back in between.
 */
function followsKnown(client: Client | undefined, seq: number | undefined): boolean {
  const lowest = client?.seen[0]?.[0];
  return lowest !== undefined && seq !== undefined && lowest < seq;
}

/**
 * May it have been seen, and what was made of it be sealed, before the bounds made the session forget it? Of the
 * last day all is taken for news: a clock that is hours behind must not make its writer's events look like repeats.
 */
export function wasForgotten(state: SessionState, { at }: ActionIdentity): boolean {
  const forgottenBefore = Math.max(state.idsForgottenBefore, state.forgottenBefore);
  return at < state.t - MEMORY_MS && at < forgottenBefore;
}

/**
 * Remembers an action that was taken.
 * @param offset what is added to the times of its client, ms
 */
export function rememberAction(state: SessionState, action: ActionIdentity, offset: number): void {
  const { clientId, seq, id } = action;
  const client = clientId === undefined ? undefined : clientOf(state, clientId, offset);
  if (id !== undefined) rememberId(state, id);
  if (clientId === undefined || client === undefined || seq === undefined) return;
  const hadGap = client.gapSince !== undefined;
  if (client.gapSince !== undefined && state.t >= client.gapSince + state.settings.gapWaitMs) {
    // A number that was refused, or lost for good: the next gap is waited for afresh.
    client.givenUp = client.seen.at(-1)?.[1] ?? 0;
    delete client.gapSince;
  }
  client.seen = addToRanges(client.seen, seq);
  const forgotten = client.seen.length > MAX_RANGES ? client.seen.shift() : undefined;
  if (forgotten !== undefined) client.floor = forgotten[1] + 1;
  if (hasGap(client)) client.gapSince ??= state.t;
  else delete client.gapSince;
  if (hadGap && client.gapSince === undefined) releaseGap(state, clientId);
}

/** The client's memory, made when it is first heard of; the latest heard of are the last. */
function clientOf(state: SessionState, clientId: string, offset: number): Client {
  const client = state.clients.get(clientId) ?? {
    seen: [],
    floor: 0,
    givenUp: 0,
    lastArrival: 0,
    offset,
  };
  client.lastArrival = state.t;
  client.offset = offset;
  state.clients.delete(clientId);
  state.clients.set(clientId, client);
  if (state.clients.size > MAX_CLIENTS) forgetClient(state);
  return client;
}

/** A forgotten client may come again with numbers that were seen: its older actions are refused. */
function forgetClient(state: SessionState): void {
  const oldest = state.clients.entries().next().value;
  if (oldest === undefined) return;
  const [id, { lastArrival }] = oldest;
  state.clients.delete(id);
  releaseGap(state, id);
  state.forgottenBefore = Math.max(state.forgottenBefore, lastArrival);
}

/** Clients number from 0 or 1; whatever is missing between what was given up and the highest is a gap. */
function hasGap(client: Client): boolean {
  let reach = Math.max(client.givenUp, client.floor - 1);
  for (const [low, high] of client.seen) {
    if (low > reach + 1) return true;
    reach = Math.max(reach, high);
  }
  return false;
}

function rememberId(state: SessionState, id: string): void {
  state.ids.set(id, state.t);
  if (state.ids.size <= (state.settings.lane?.maxIds ?? MAX_IDS)) return;
  const oldest = state.ids.entries().next().value;
  if (oldest === undefined) return;
  state.ids.delete(oldest[0]);
  state.idsForgottenBefore = Math.max(state.idsForgottenBefore, oldest[1]);
}

/** Adds a number to sorted, disjoint, inclusive ranges. */
export function addToRanges(ranges: [number, number][], n: number): [number, number][] {
  const last = ranges.at(-1);
  // The usual case: the next number of the last range.
  if (last !== undefined && last[1] + 1 === n) {
    last[1] = n;
    return ranges;
  }
  const merged: [number, number][] = [];
  let low = n;
  let high = n;
  for (const range of ranges) {
    if (range[1] + 1 < low) merged.push(range);
    else if (range[0] - 1 > high) continue;
    else {
      low = Math.min(low, range[0]);
      high = Math.max(high, range[1]);
    }
  }
  merged.push([low, high]);
  for (const range of ranges) if (range[0] - 1 > high) merged.push(range);
  return merged;
}
