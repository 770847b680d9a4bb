// A trace as a row of a snapshot and back. Rows name no fields, and a stamp is written once however
// many values an action wrote: a snapshot is shorter than the journal that it replaces, and is read
// faster than that is folded. A place in a row keeps its meaning for ever; new ones go to the end.
import type { FieldName, ObservationType, TraceFieldName } from "../protocol/change.ts";
import { phaseOf } from "./draft.ts";
import type { StampReader, StampWriter } from "./snapshot-stamps.ts";
import { later, writesOf } from "./stamp.ts";
import type { Draft, Register, ScoreDraft, Sealed, Trace } from "./state.ts";

type Maybe<T> = T | null;
/** Value, stamp; and those of other clients … */
type RegisterRow<T> = (T | number)[];
/** Key, value, stamp; key, value, stamp … A key stands once for each client that wrote it. */
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
type ScoreRow = [id: string, body: RegisterRow<string>, actions: number, place: number];
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
      registerRow(body, stamps),
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
    draft.type === undefined ? null : registerRow(draft.type, stamps),
    draft.parent === undefined ? null : registerRow(draft.parent, stamps),
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
  if (type !== null) draft.type = registerOf<ObservationType>(type, stamps);
  if (parent !== null) draft.parent = registerOf<string>(parent, stamps);
  return draft;
}

function scoreOf([id, body, actions, place]: ScoreRow, stamps: StampReader): ScoreDraft {
  return { id, place, body: registerOf<string>(body, stamps), actions };
}

function sealedOf([, done, late, at]: SealedRow): Sealed {
  return { done: done === 1, late, at };
}

function registerRows<V extends string | number | boolean>(
  registers: ReadonlyMap<string, Register<V>>,
  stamps: StampWriter,
): RegisterRows {
  const rows: RegisterRows = [];
  for (const [key, register] of registers) {
    for (const { v, s } of writesOf(register)) rows.push(key, v, stamps.numberOf(s));
  }
  return rows;
}

function registerRow<V extends string>(register: Register<V>, stamps: StampWriter): RegisterRow<V> {
  return writesOf(register).flatMap(({ v, s }) => [v, stamps.numberOf(s)]);
}

function registerOf<V extends string>(row: RegisterRow<V>, stamps: StampReader): Register<V> {
  let register: Register<V> | undefined;
  for (let index = 0; index + 1 < row.length; index += 2) {
    register = later(register, row[index] as V, stamps.at(row[index + 1] as number));
  }
  if (register === undefined) throw new RangeError("a snapshot without a value");
  return register;
}

function registersOf<K extends string, V extends string | number | boolean>(
  rows: RegisterRows,
  stamps: StampReader,
): Map<K, Register<V>> {
  const registers = new Map<K, Register<V>>();
  for (let index = 0; index + 2 < rows.length; index += 3) {
    const stamp = stamps.at(rows[index + 2] as number);
    const key = rows[index] as K;
    registers.set(key, later(registers.get(key), rows[index + 1] as V, stamp));
  }
  return registers;
}
