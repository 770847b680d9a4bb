// When a journal is rewritten as one snapshot. Pure. What is delivered leaves the storage with it;
// what remains is copied, so the rewriting must be paid for by what has come since the last one.
import { isQuiet, type SessionState } from "./state.ts";

/** A quiet session with no more memory than this is rewritten at every settlement: still one row. */
const SMALL_MEMORY = 200;
/** Beyond this, the journal is rewritten when it has doubled. */
const SLACK_LENGTH = 64 * 1024;

export function shouldCompact(
  state: SessionState,
  journalLength: number,
  snapshotLength: number,
): boolean {
  const memory = state.remembered + state.past.size + state.ids.size + state.clients.size;
  const small = memory <= SMALL_MEMORY && state.deadSize <= SLACK_LENGTH;
  if (isQuiet(state) && small) return true;
  return journalLength > 2 * snapshotLength + (isQuiet(state) ? 1 : 8) * SLACK_LENGTH;
}
