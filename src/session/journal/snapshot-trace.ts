// A trace as a row of a snapshot and back. A snapshot is shorter than the journal that it replaces, and
// is read faster than that is folded.
import type { FieldName, ObservationType, TraceFieldName } from "../../protocol/change.ts";
import { phaseOf } from "../assembly/draft.ts";
import {
  added,
  flag,
  mapBy,
  mapOf,
  optional,
  plain,
  register,
  registers,
  rowOf,
} from "./snapshot-rows.ts";
import type { OrderKeyReader, OrderKeyWriter } from "./snapshot-order-keys.ts";
import type { Draft, ScoreDraft, SealedTarget, Totals, Trace } from "../state.ts";

const text = plain<string>();
const number = plain<number>();
const texts = plain<string[]>();

const draft = rowOf<Draft>({
  id: text,
  createdSeq: number,
  raw: optional(text),
  created: flag,
  fields: registers<FieldName, string | number>(),
  metadata: registers<string, string>(),
  notes: texts,
  actions: number,
  size: number,
  lastAt: number,
  createdAt: optional(number),
  type: optional(register<ObservationType>()),
  parent: optional(register<string>()),
});
const score = rowOf<ScoreDraft>({
  id: text,
  createdSeq: number,
  body: register<string>(),
  actions: number,
});
const totals = rowOf<Totals>({ tokens: number, cost: number, unpriced: number });
const sealed = rowOf<SealedTarget>({ done: flag, late: number, at: number });
const drafts = mapBy(draft, ({ id }) => id);

/** Sets that are made from the drafts are not written. */
type Written = Omit<Trace, "ready" | "unseen">;

const trace = rowOf<Written>({
  id: text,
  createdSeq: number,
  raw: optional(text),
  rootId: text,
  fields: registers<TraceFieldName, string | boolean>(),
  tags: texts,
  metadata: registers<string, string>(),
  drafts,
  scores: mapBy(score, ({ id }) => id),
  late: drafts,
  sealed: mapOf(sealed),
  clients: texts,
  open: number,
  size: number,
  completeSize: number,
  lastArrival: number,
  lastMoment: number,
  endedSince: optional(number),
  completeSince: optional(number),
  lateSince: optional(number),
  totals: added(totals),
});

export function traceRow(of: Trace, stamps: OrderKeyWriter): unknown {
  return trace.write(of, stamps);
}

export function traceOf(row: unknown, stamps: OrderKeyReader): Trace {
  const read: Trace = { ...trace.read(row, stamps), ready: new Set(), unseen: new Set() };
  for (const one of read.drafts.values()) {
    const phase = phaseOf(one);
    if (phase === "unseen") read.unseen.add(one.id);
    if (phase === "complete" && one.id !== read.rootId) read.ready.add(one.id);
  }
  return read;
}
