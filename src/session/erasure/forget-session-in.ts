// Forgets one session of an object of many traces, and says what it held of it. No I/O, no clock.
import type { DeleteAnswer } from "../../protocol/session/erasure-calls.ts";
import type { LetterFile } from "../dead-letters/letter-files.ts";
import { advance } from "../deadlines/advance.ts";
import type { InstanceMemory } from "../deadlines/alarm-time.ts";
import { applyEntry, type Entry, type Transition } from "../journal/entries.ts";
import type { SessionState } from "../state.ts";
import { inFlightUpTo } from "./erase-session.ts";
import { elsewhereOf, isElsewhere } from "../quota/overflow.ts";
import { sessionHash, traceHash } from "./forgotten-sessions.ts";
import { partOf } from "./session-part.ts";
import { deletedUntil, FORGOTTEN, inFlightRecords } from "./tombstone.ts";

/** @param letterOf a dead letter with its record, by ordinal */
export function forgetSessionIn(
  state: SessionState,
  memory: InstanceMemory,
  { sessionId, traces: told = [] }: { sessionId: string; traces?: readonly string[] | undefined },
  letterOf: (ordinal: number) => LetterFile | undefined,
  now: number,
): Transition<Omit<DeleteAnswer, "object">> {
  advance(state, now);
  const session = sessionHash(sessionId);
  const upTo = inFlightUpTo(state, memory);
  const named = told.map(traceHash);
  const { traces, records, has } = partOf(state, session, named);
  const all = new Set([...told, ...traces.map(({ id }) => id)]);
  const elsewhere = new Set(elsewhereOf(state, session));
  for (const trace of all) if (isElsewhere(state, trace)) elsewhere.add(trace);
  const out = new Set(inFlightRecords(state, upTo));
  const inFlight = records.filter((record) => out.has(record) && record.sampledOut !== true);
  const letters = state.deadLetters.flatMap(({ record: { ordinal } }) => {
    const file = letterOf(ordinal);
    return file !== undefined && has(file.record) ? [ordinal] : [];
  });
  const before = { assembling: state.assembling, dropped: droppedOf(state) };
  const entry: Entry = {
    k: "forgetPart",
    t: state.t,
    session,
    upTo,
    letters,
    ...(named.length > 0 && { traces: named }),
  };
  applyEntry(state, entry);
  const actions = droppedOf(state) - before.dropped;
  const answer = {
    actions: inFlight.reduce((left, record) => left - record.actions, actions),
    open: before.assembling - state.assembling,
    pending: records.length - inFlight.length,
    dead: letters.length,
    inFlight: inFlight.length,
    until: deletedUntil(state.t),
    left: state.outbox.length,
    ...(elsewhere.size > 0 && { elsewhere: [...elsewhere] }),
  };
  const held = actions > 0 || traces.length > 0 || records.length > 0;
  return { answer, entries: [entry], ...(held && { rewrite: true }) };
}

function droppedOf({ counts }: SessionState): number {
  return counts.dropped.get(FORGOTTEN) ?? 0;
}
