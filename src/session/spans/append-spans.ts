// Takes the spans of one request into a session. No I/O, no clock.
import type {
  AppendAnswer,
  AppendRequest,
  SpanBatch,
} from "../../protocol/session/append-calls.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import { type AppendPolicy, countsOf, foundForgotten, overflow, pin } from "../append.ts";
import { laneRulesOf } from "../assembly/rules.ts";
import { advance } from "../deadlines/advance.ts";
import { partOfSpan } from "../erasure/forgotten-sessions.ts";
import { DELETED, isDeleted } from "../erasure/tombstone.ts";
import { applyEntry, type Entry, type Transition } from "../journal/entries.ts";
import { QuotaGate } from "../quota/quota-gate.ts";
import { addUsage } from "../quota/usage-window.ts";
import type { SessionState } from "../state.ts";

export function appendSpans(
  state: SessionState,
  request: AppendRequest,
  spans: SpanBatch,
  { assembly, quota }: AppendPolicy,
  now: number,
): Transition<AppendAnswer> {
  if (isDeleted(state, now)) {
    return { answer: { results: spans.items.map(() => DELETED), ...countsOf(state) }, entries: [] };
  }
  advance(state, now);
  const parts = spans.items.map(partOfSpan);
  const found = foundForgotten(state, parts, now);
  const { project, settings, books } = state;
  const isLane = request.lane === true;
  const entries = pin(state, request, isLane ? laneRulesOf(assembly) : assembly, now);
  const before = state.unwritten.length;
  const counts = request.writer === "browser";
  const gate = new QuotaGate(state, counts ? quota : undefined);
  const results = applyEntry(state, { k: "spans", t: now, spans }, gate);
  const taken = spans.items.filter((_, index) => results[index]?.status === "accepted");
  const answer = { results, ...countsOf(state) };
  const turnedAway = (): Entry[] => {
    const sent = parts.map((part) => ({ ...part, name: part.trace }));
    return isLane ? overflow(state, sent, results, now) : [];
  };
  if (taken.length === 0) {
    // Not even the settings are kept, or an object would hold them for ever.
    Object.assign(state, { project, settings, books });
    return { answer, entries: [...found, ...state.unwritten.splice(before), ...turnedAway()] };
  }
  const { bytes } = gate;
  if (counts) state.usage = addUsage(state.usage, state.t, taken.length, bytes);
  const kept: Entry = {
    k: "spans",
    t: now,
    spans: { items: taken, origins: originsOf(taken, spans) },
    ...(counts && { bytes }),
  };
  const sealed = state.unwritten.splice(before);
  return { answer, entries: [...found, ...entries, kept, ...sealed, ...turnedAway()] };
}

/** Only those that were taken need to be written. */
function originsOf(
  items: SpanBatch["items"],
  { origins }: SpanBatch,
): Readonly<Record<string, SpanOrigin>> {
  const named = new Set(items.map(({ origin }) => origin));
  return Object.fromEntries(Object.entries(origins).filter(([key]) => named.has(key)));
}
