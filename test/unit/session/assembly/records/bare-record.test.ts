// What this code can't make a record of costs its own content alone, and the session goes on.
import { describe, expect, it, vi } from "vitest";
import { isBare } from "../../../../../src/session/assembly/records/bare-record.ts";
import { advance } from "../../../../../src/session/deadlines/advance.ts";
import { toJournal } from "../../../../../src/session/journal/entries.ts";
import { entryLine, rebuild } from "../../../../../src/session/journal/rebuild.ts";
import type { Draft, Trace } from "../../../../../src/session/assembly/assembly-state.ts";
import type { OrderKey } from "../../../../../src/session/assembly/order-key.ts";
import { readSnapshot, writeSnapshot } from "../../../../../src/session/journal/snapshot.ts";
import { SessionLog } from "../../../../../src/session/session-log.ts";
import type { SessionState } from "../../../../../src/session/state.ts";
import { NOW } from "../../arbitrary.ts";
import { recount } from "../../recount.ts";
import { idOf, ROOT_ID, span, trace, TRACE_ID } from "../../story.ts";
import { DAY, fresh, journalled, SETTINGS } from "../../support.ts";

const score = { kind: "score" as const, trace: TRACE_ID, id: "liked", body: '{"name":"liked"}' };
const CHANGES = [
  trace("create"),
  span("create", "a"),
  span("end", "a"),
  span("update", "late"),
  score,
  trace("end"),
];

/** No value that is known to come: it stands for the next one that nobody thought of. */
const BROKEN = { v: null as never, s: [0, NOW, "tab", 0] as OrderKey };

function broken(state: SessionState): Trace {
  const [open] = state.openTraces.values();
  if (open === undefined) throw new Error("a trace is open");
  return open;
}

const ruins: Record<string, (open: Trace) => void> = {
  "an observation": ({ drafts }) => ruin(drafts.get(idOf("a"))),
  "a root": ({ drafts }) => ruin(drafts.get(ROOT_ID)),
  "what came late": ({ drafts }) => ruin(drafts.get(idOf("late"))),
  "what all of a trace says": ({ metadata }) => metadata.set("x", BROKEN),
};
function ruin(draft: Draft | undefined): void {
  draft?.metadata.set("x", BROKEN);
}

function sealed(how: (open: Trace) => void): { state: SessionState; lines: string[] } {
  const state = fresh();
  state.settings = { ...SETTINGS, totals: true };
  const lines: string[] = [];
  for (const [index, change] of CHANGES.entries()) {
    const action = { seq: index + 1, at: NOW, change };
    const arrival = { writer: "browser" as const, clientId: "tab", actions: [action] };
    journalled(state, lines, { k: "append", t: NOW, arrival });
  }
  how(broken(state));
  advance(state, NOW + DAY / 2);
  lines.push(...toJournal(state, []).map(entryLine));
  return { state, lines };
}

describe("what can't be made a record of", () => {
  it.each(Object.entries(ruins))("%s goes without its content, and all else as ever", (_, how) => {
    const { state, lines } = sealed(how);
    const { state: whole } = sealed(() => {});
    recount(state);
    const placeOf = ({ outbox }: SessionState) =>
      outbox.map(({ kind, ordinal, seq, actions, id }) => ({ kind, ordinal, seq, actions, id }));
    expect(placeOf(state)).toEqual(placeOf(whole));
    expect(state.outbox.some(isBare)).toBe(true);
    expect(whole.outbox.some(isBare)).toBe(false);
    expect(readSnapshot(writeSnapshot(state)).outbox).toEqual(state.outbox);
    expect([state.assembling, state.openTraces.size]).toEqual([0, 0]);
    // A version that can make them makes them of the same journal.
    expect(placeOf(rebuild(lines, SETTINGS))).toEqual(placeOf(whole));
  });

  it("is logged, once and without a word of it", () => {
    const { state } = sealed(({ drafts }) => ruin(drafts.get(idOf("a"))));
    const lines: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((line: string) => lines.push(line));
    const session = new SessionLog("object");
    session.startsAt(fresh());
    session.sealed(state);
    session.sealed(state);
    session.startsAt(state);
    session.sealed(state);
    log.mockRestore();
    expect(lines).toEqual([
      JSON.stringify({ event: "content_left_out", object: "object", records: 1 }),
    ]);
  });
});
