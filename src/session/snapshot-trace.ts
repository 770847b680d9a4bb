// A trace as a row of a snapshot and back. Rows name no fields, and a stamp is written once however
// many values an action wrote: a snapshot is shorter than the journal that it replaces, and is read
// faster than that is folded. A place in a row keeps its meaning for ever; new ones go to the end.
import type { FieldName, ObservationType, TraceFieldName } from "../protocol/change.ts";
import { phaseOf } from "./draft.ts";
import type { StampReader, StampWriter } from "./snapshot-stamps.ts";
import type { Draft, Register, ScoreDraft, Sealed, Trace } from "./state.ts";

type Maybe<T> = T | null;
type RegisterRow<T> = [value: T, stamp: number];
/** Key, value, stamp; key, value, stamp … */
type RegisterRows = (string | number | boolean)[];

export type DraftRow = [
  id: string,
  place: number,
  raw: Maybe<string>,
  created: 0 | 1,
  fields: RegisterRows,
  metadata: RegisterRows,
  notes: string[],
  actions: number,
  size: number,
  lastAt: number,
  createdAt: Maybe<number>,
  type: Maybe<RegisterRow<ObservationType>>,
  parent: Maybe<RegisterRow<string>>,
];
type ScoreRow = [id: string, body: string, stamp: number, actions: number, place: number];
type SealedRow = [id: string, done: 0 | 1, late: number, at: number];

export type TraceRow = [
  id: string,
  place: number,
  raw: Maybe<string>,
  rootId: string,
  fields: RegisterRows,
  tags: string[],
  metadata: RegisterRows,
  drafts: DraftRow[],
  scores: ScoreRow[],
  late: DraftRow[],
  sealed: SealedRow[],
  clients: string[],
  open: number,
  size: number,
  completeSize: number,
  lastArrival: number,
  lastMoment: number,
  endedSince: Maybe<number>,
  completeSince: Maybe<number>,
  lateSince: Maybe<number>,
];

export function traceRow(trace: Trace, stamps: StampWriter): TraceRow {
  const draftRows = (drafts: Map<string, Draft>): DraftRow[] =>
    Array.from(drafts.values(), (draft) => draftRow(draft, stamps));
  return [
    trace.id,
    trace.place,
    trace.raw ?? null,
    trace.rootId,
    registerRows(trace.fields, stamps),
    trace.tags,
    registerRows(trace.metadata, stamps),
    draftRows(trace.drafts),
    Array.from(trace.scores.values(), ({ id, body, actions, place }): ScoreRow => [
      id,
      body.v,
      stamps.numberOf(body.s),
      actions,
      place,
    ]),
    draftRows(trace.late),
    Array.from(trace.sealed, ([id, { done, late, at }]): SealedRow => [id, done ? 1 : 0, late, at]),
    trace.clients,
    trace.open,
    trace.size,
    trace.completeSize,
    trace.lastArrival,
    trace.lastMoment,
    trace.endedSince ?? null,
    trace.completeSince ?? null,
    trace.lateSince ?? null,
  ];
}

export function traceOf(row: TraceRow, stamps: StampReader): Trace {
  const [id, place, raw, rootId, fields, tags, metadata, drafts, scores, late, sealed, ...more] =
    row;
  const [clients, open, size, completeSize, lastArrival, lastMoment, ...since] = more;
  const [ended, complete, lateSince] = since;
  const trace: Trace = {
    id,
    place,
    rootId,
    fields: registersOf<TraceFieldName, string | boolean>(fields, stamps),
    tags,
    metadata: registersOf<string, string>(metadata, stamps),
    drafts: draftsOf(drafts, stamps),
    scores: new Map(),
    late: draftsOf(late, stamps),
    sealed: new Map(),
    clients,
    open,
    ready: new Set(),
    unseen: new Set(),
    size,
    completeSize,
    lastArrival,
    lastMoment,
  };
  for (const score of scores) trace.scores.set(score[0], scoreOf(score, stamps));
  for (const one of sealed) trace.sealed.set(one[0], sealedOf(one));
  if (raw !== null) trace.raw = raw;
  if (ended !== null) trace.endedSince = ended;
  if (complete !== null) trace.completeSince = complete;
  if (lateSince !== null) trace.lateSince = lateSince;
  for (const draft of trace.drafts.values()) {
    const phase = phaseOf(draft);
    if (phase === "unseen") trace.unseen.add(draft.id);
    if (phase === "complete" && draft.id !== rootId) trace.ready.add(draft.id);
  }
  return trace;
}

function draftRow(draft: Draft, stamps: StampWriter): DraftRow {
  return [
    draft.id,
    draft.place,
    draft.raw ?? null,
    draft.created ? 1 : 0,
    registerRows(draft.fields, stamps),
    registerRows(draft.metadata, stamps),
    draft.notes,
    draft.actions,
    draft.size,
    draft.lastAt,
    draft.createdAt ?? null,
    draft.type === undefined ? null : [draft.type.v, stamps.numberOf(draft.type.s)],
    draft.parent === undefined ? null : [draft.parent.v, stamps.numberOf(draft.parent.s)],
  ];
}

function draftsOf(rows: readonly DraftRow[], stamps: StampReader): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const row of rows) drafts.set(row[0], draftOf(row, stamps));
  return drafts;
}

function draftOf(row: DraftRow, stamps: StampReader): Draft {
  const [id, place, raw, created, fields, metadata, notes, actions, size, lastAt, ...more] = row;
  const [createdAt, type, parent] = more;
  const draft: Draft = {
    id,
    place,
    created: created === 1,
    fields: registersOf<FieldName, string | number>(fields, stamps),
    metadata: registersOf<string, string>(metadata, stamps),
    notes,
    actions,
    size,
    lastAt,
  };
  if (raw !== null) draft.raw = raw;
  if (createdAt !== null) draft.createdAt = createdAt;
  if (type !== null) draft.type = { v: type[0], s: stamps.at(type[1]) };
  if (parent !== null) draft.parent = { v: parent[0], s: stamps.at(parent[1]) };
  return draft;
}

function scoreOf([id, v, stamp, actions, place]: ScoreRow, stamps: StampReader): ScoreDraft {
  return { id, place, body: { v, s: stamps.at(stamp) }, actions };
}

function sealedOf([, done, late, at]: SealedRow): Sealed {
  return { done: done === 1, late, at };
}

function registerRows<V extends string | number | boolean>(
  registers: ReadonlyMap<string, Register<V>>,
  stamps: StampWriter,
): RegisterRows {
  const rows: RegisterRows = [];
  for (const [key, { v, s }] of registers) rows.push(key, v, stamps.numberOf(s));
  return rows;
}

function registersOf<K extends string, V extends string | number | boolean>(
  rows: RegisterRows,
  stamps: StampReader,
): Map<K, Register<V>> {
  const registers = new Map<K, Register<V>>();
  for (let index = 0; index + 2 < rows.length; index += 3) {
    const stamp = stamps.at(rows[index + 2] as number);
    registers.set(rows[index] as K, { v: rows[index + 1] as V, s: stamp });
  }
  return registers;
}
