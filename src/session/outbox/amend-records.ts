// The call by which a consumer has a hook's words noted, before it posts anything of the lease: they are asked for
// once, and stand. No I/O, no clock.
import type { Amendment } from "../../protocol/hooks/amend-calls.ts";
import { advance } from "../deadlines/advance.ts";
import { applyEntry, type Transition } from "../journal/entries.ts";
import type { SessionState } from "../state.ts";
import { isLeased } from "./lease-end.ts";

export function amendRecords(
  state: SessionState,
  { lease, ...amendment }: Amendment,
  now: number,
): Transition<{ noted: boolean }> {
  advance(state, now);
  if (!isLeased(state, lease)) return { answer: { noted: false }, entries: [] };
  const entry = { k: "amend" as const, t: now, ...amendment };
  applyEntry(state, entry);
  return { answer: { noted: true }, entries: [entry] };
}
