// A cold object's state, from its journal alone.
import type { AssemblySettings } from "../settings.ts";
import { applyEntry, type Entry } from "./entries.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import { emptyState, type SessionState } from "./state.ts";

const SNAPSHOT = "S";
const ENTRY = "E";

export function entryLine(entry: Entry): string {
  return ENTRY + JSON.stringify(entry);
}

export function snapshotLine(state: SessionState): string {
  return SNAPSHOT + writeSnapshot(state);
}

/** How long the snapshot is that these lines begin with; 0 where they begin with none. */
export function snapshotLength(lines: readonly string[]): number {
  return lines[0]?.startsWith(SNAPSHOT) === true ? lines[0].length : 0;
}

/** The state that these lines tell of; of an empty journal, an empty one with these settings. */
export function rebuild(lines: readonly string[], settings: AssemblySettings): SessionState {
  let state = emptyState("", settings);
  for (const line of lines) {
    if (line.startsWith(SNAPSHOT)) state = readSnapshot(line.slice(1));
    else applyEntry(state, JSON.parse(line.slice(1)) as Entry);
  }
  return state;
}
