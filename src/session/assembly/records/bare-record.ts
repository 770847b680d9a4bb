// A record of which nothing is written but what it is and where it belongs: in place of one that this code could not
// make of what was kept. What throws in the midst of a session would fail all of it, call for call; so it costs its own
// content alone. It has the number and the place of the other one: leases and settlements mean the same, also to a
// version that can make that one. No I/O, no clock.
import { langfuseObservationId } from "../../../protocol/ids.ts";
import {
  isObservationRecord,
  type ObservationRecord,
  type SealedRecord,
  type ScoreRecord,
} from "../../../protocol/record.ts";
import type { Ordered } from "../../outbox/outbox-state.ts";
import type { Draft, ScoreDraft, Trace } from "../assembly-state.ts";
import { parentOf, topOf } from "./place.ts";
import { NOTE_KEYS } from "./trace-wide.ts";

const LEFT_OUT = "content left out: it could not be written";
const NOTES = JSON.stringify([LEFT_OUT]);
/** About as long as one is, in UTF-16 units. */
const SIZE = 1_000;

/** @param bare made of what is known of any part, where the other can't be made */
export function recordOr<R extends Ordered>(whole: () => R, bare: () => R): R {
  try {
    const record = whole();
    if (Number.isFinite(record.size)) return record;
  } catch {
    // The error's words may be payload, which no log may have.
  }
  return bare();
}

export function bareObservation(
  trace: Trace,
  draft: Draft,
  seq: number,
  endTime: number,
): Ordered<ObservationRecord> {
  const top = topOf(trace, draft);
  const isRoot = top?.root === true;
  const start = draft.createdAt ?? draft.lastAt;
  return {
    ...bare(trace, draft, seq),
    id: top?.id ?? draft.id,
    ...(isRoot ? { root: true as const } : { parentId: parentOf(trace, draft) }),
    type: "span",
    name: top === undefined ? "observation" : "trace",
    startTime: start,
    endTime: Math.max(start, endTime),
  };
}

/** @param n of the late records of this observation */
export function bareLate(
  trace: Trace,
  draft: Draft,
  seq: number,
  n: number,
): Ordered<ObservationRecord> {
  const record = bare(trace, draft, seq);
  return {
    ...record,
    id: langfuseObservationId(trace.id, `${draft.id}/late/${n}`),
    parentId: draft.id,
    type: "event",
    name: "late-update",
    startTime: draft.lastAt,
    endTime: draft.lastAt,
    metadata: [[NOTE_KEYS.late, draft.id], ...record.metadata],
  };
}

/** A score is what its client wrote, without what its trace says. */
export function bareScore(score: ScoreDraft, seq: number): Ordered<ScoreRecord> {
  const { id, createdSeq, actions, body } = score;
  const size = SIZE + 2 * body.v.length;
  return {
    kind: "score",
    ordinal: createdSeq,
    seq,
    actions,
    size,
    id,
    body: body.v,
    timestamp: body.s[1],
  };
}

export function isBare(record: SealedRecord): boolean {
  if (!isObservationRecord(record)) return false;
  return record.metadata.some(([key, text]) => key === NOTE_KEYS.notes && text === NOTES);
}

function bare({ id: traceId }: Trace, { createdSeq, actions }: Draft, seq: number) {
  const metadata: ObservationRecord["metadata"] = [[NOTE_KEYS.notes, NOTES]];
  const known = { kind: "observation" as const, ordinal: createdSeq, seq, actions, size: SIZE };
  return { ...known, traceId, fields: {}, metadata, trace: {} };
}
