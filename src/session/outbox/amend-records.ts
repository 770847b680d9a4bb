// The call by which a consumer has a hook's words noted, before it posts anything of the lease: they are asked for
// once, and stand. No I/O, no clock.
import type { AmendAnswer, Amendment } from "../../protocol/hooks/amend-calls.ts";
import { advance } from "../deadlines/advance.ts";
import { applyEntry, type Transition } from "../journal/entries.ts";
import type { SessionState } from "../state.ts";
import { reportOf } from "../dead-letters/books.ts";
import { isLeased } from "./lease-end.ts";

export function amendRecords(
  state: SessionState,
  { lease, ...amendment }: Amendment,
  now: number,
): Transition<AmendAnswer> {
  advance(state, now);
  if (!isLeased(state, lease)) return { answer: { noted: false }, entries: [] };
  const entry = { k: "amend" as const, t: now, ...amendment };
  applyEntry(state, entry);
  const report = amendment.dropped.length > 0 ? reportOf(state) : undefined;
  return { answer: { noted: true, ...(report && { report }) }, entries: [entry] };
}
