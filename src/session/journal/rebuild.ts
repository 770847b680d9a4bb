// A cold object's state, from its journal alone.
import type { AssemblySettings } from "../../settings/index.ts";
import { type Entry, type Names, replayEntry } from "./entries.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import { emptyState, type SessionState } from "../state.ts";

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

/**
 * The state that these lines tell of; of an empty journal, an empty one with these settings.
 * @param onUnknown hears how many records they name that can't be found in them, where there are any
 * @throws SyntaxError or TypeError for lines that are no journal's
 */
export function rebuild(
  lines: readonly string[],
  settings: AssemblySettings,
  onUnknown?: (unknown: number) => void,
): SessionState {
  let state = emptyState("", settings);
  let names: Names = new Map();
  let told = 0;
  for (const line of lines) {
    if (line.startsWith(SNAPSHOT)) {
      state = readSnapshot(line.slice(1));
      names = namesIn(state);
      told = state.counts.unknown;
    } else if (line.startsWith(ENTRY)) {
      const entry = JSON.parse(line.slice(1)) as Entry;
      replayEntry(state, entry, names);
      if (entry.k === "settle") told += entry.settle.unknown ?? 0;
    } else throw new SyntaxError("a line that is neither a snapshot nor an entry");
  }
  if (state.counts.unknown > told) onUnknown?.(state.counts.unknown - told);
  return state;
}

function namesIn({ openTraces }: SessionState): Names {
  const names: Names = new Map();
  for (const { drafts, late, scores } of openTraces.values()) {
    for (const parts of [drafts, late, scores]) {
      for (const { id, createdSeq } of parts.values()) names.set(createdSeq, id);
    }
  }
  return names;
}
