// The choice when a journal is rewritten as one snapshot. Pure. Delivered records leave the storage with it,
// the others are copied, so rewriting must be paid for: by what has left, and by what has come since the
// last one. A journal of which little has left is not rewritten, however long it is.
import { isDrained, type SessionState } from "../state.ts";

/** A quiet session with no more memory than this is rewritten at every settlement: still one row. */
const SMALL_MEMORY_ENTRIES = 200;
/** A journal may always be so much longer than its snapshot would be. */
const SLACK_LENGTH = 64 * 1024;

export function shouldCompact(
  state: SessionState,
  journalLength: number,
  snapshotLength: number,
): boolean {
  const { remembered, sealedTraces, ids, spanIds, clients } = state;
  const memory = remembered + sealedTraces.size + ids.size + spanIds.size + clients.size;
  const small = memory <= SMALL_MEMORY_ENTRIES && state.deadSize <= SLACK_LENGTH;
  if (isDrained(state) && small) return true;
  const slack = (isDrained(state) ? 1 : 8) * SLACK_LENGTH;
  return (
    journalLength > 2 * estimatedSnapshotLength(state) + slack &&
    journalLength > snapshotLength + slack
  );
}

/** About how long a snapshot of the state is: texts, and what their rows take beside them. */
export function estimatedSnapshotLength(state: SessionState): number {
  const texts = state.assemblingSize + state.outboxSize + state.deadSize;
  const rows = 250 * (state.assembling + state.openTraces.size + state.sealedTraces.size);
  const ids = 70 * state.ids.size + 53 * state.spanIds.size;
  return texts + rows + 50 * state.remembered + ids + 150 * state.clients.size;
}
