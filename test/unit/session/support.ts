import type { SealedRecord } from "../../../src/protocol/record.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { applyEntry, type Entry, toJournal } from "../../../src/session/journal/entries.ts";
import { entryLine } from "../../../src/session/journal/rebuild.ts";
import { emptyState, type SessionState } from "../../../src/session/state.ts";
import type { AppendPolicy } from "../../../src/session/append.ts";
import { type Rules, rulesOf } from "../../../src/session/assembly/rules.ts";
import type { AssemblySettings } from "../../../src/settings/index.ts";
import { NOW, type Sent } from "./arbitrary.ts";

export const SETTINGS: Rules = rulesOf({
  flushAt: 200,
  flushIntervalMs: 60_000,
  traceIdleMs: 60_000,
  openObservationIdleMs: 1_800_000,
});
/** On which a session takes actions in: without a quota that a test would meet. */
export const TERMS: AppendPolicy = {
  assembly: SETTINGS,
  quota: { actionsPerMinute: 1e9, bytesPerMinute: 1e12 },
};
export const DAY = 24 * 3_600_000;

export const fresh = (settings: AssemblySettings = SETTINGS): SessionState =>
  emptyState("pk-test", settings);

/** One request with one action. */
export const arrival = ({ clientId, action }: Sent, t: number): Entry => ({
  k: "append",
  t,
  arrival: { writer: "browser", clientId, actions: [action] },
});

/** Applies an entry, and tells the journal of it as a session object does. */
export function journalled(state: SessionState, lines: string[], entry: Entry): void {
  advance(state, entry.t);
  const before = state.unwritten.length;
  const results = applyEntry(state, entry);
  if (entry.k !== "append") {
    lines.push(...toJournal(state, [entry]).map(entryLine));
    return;
  }
  const after = state.unwritten.splice(before);
  const { arrival: all } = entry;
  const actions = all.actions.filter((_, index) => results[index]?.status === "accepted");
  const kept: Entry = { ...entry, arrival: { ...all, actions } };
  lines.push(...toJournal(state, [kept, ...after]).map(entryLine));
}

/** All actions at one moment, then everything sealed that ever will be. */
export function assemble(sent: readonly Sent[], settings?: AssemblySettings): SessionState {
  const state = fresh(settings);
  for (const one of sent) applyEntry(state, arrival(one, NOW));
  advance(state, NOW + DAY / 2);
  return state;
}

/** Records as Langfuse would see them: without their place in the outbox. */
export function facts(records: readonly SealedRecord[]): unknown[] {
  return records
    .map((record) => ({ ...record, ordinal: 0, seq: 0 }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
