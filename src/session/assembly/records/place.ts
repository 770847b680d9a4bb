// The place of an observation's record in its trace: its id, and what it hangs below. Pure.
import type { Draft, Trace } from "../assembly-state.ts";
import { isRecordRoot, recordId } from "../legacy.ts";

/** The record's id, where the draft is the trace's root or its legacy clients' trace record. */
export function topOf(trace: Trace, draft: Draft): { id: string; root: boolean } | undefined {
  if (draft.id === trace.rootId) return { id: draft.id, root: true };
  if (draft.id !== trace.legacy?.record) return undefined;
  return { id: recordId(trace) ?? draft.id, root: isRecordRoot(trace) };
}

/** Without a parent it hangs below what its writer takes for the trace. */
export function parentOf(trace: Trace, draft: Draft): string {
  if (draft.parent !== undefined) return draft.parent.v;
  const isOfRecord = draft.legacyAt !== undefined && draft.id !== trace.legacy?.record;
  return (isOfRecord ? recordId(trace) : undefined) ?? trace.rootId;
}
