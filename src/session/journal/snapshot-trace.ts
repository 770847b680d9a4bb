// A trace as a row of a snapshot and back. A snapshot is shorter than the journal that it replaces, and
// is read faster than that is folded.
import type { FieldName, ObservationType, TraceFieldName } from "../../protocol/change.ts";
import { phaseOf } from "../assembly/draft.ts";
import { isResting, isTop, type LegacyTrace } from "../assembly/legacy.ts";
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
import type {
  Draft,
  ScoreDraft,
  SealedTarget,
  Totals,
  Trace,
  Verdict,
} from "../assembly/assembly-state.ts";

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
  legacyAt: added(number),
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

/** Sets and counts that are made from the drafts are not written. */
type Written = Omit<Trace, "ready" | "unseen" | "resting" | "heldUntil">;

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
  legacy: added(plain<LegacyTrace>()),
  totals: added(totals),
  verdict: added(plain<Verdict>()),
});

export function traceRow(of: Trace, stamps: OrderKeyWriter): unknown {
  return trace.write(of, stamps);
}

export function traceOf(row: unknown, stamps: OrderKeyReader): Trace {
  const made = { ready: new Set<string>(), unseen: new Set<string>(), resting: 0 };
  const read: Trace = { ...trace.read(row, stamps), ...made };
  const complete: Draft[] = [];
  for (const one of read.drafts.values()) {
    const phase = phaseOf(one);
    if (phase === "unseen") read.unseen.add(one.id);
    if (phase === "complete" && !isTop(read, one.id)) complete.push(one);
    if (!isTop(read, one.id) && isResting(one)) read.resting += 1;
  }
  // Of legacy clients, in the order of their last change.
  complete.sort((a, b) => (a.legacyAt ?? 0) - (b.legacyAt ?? 0));
  for (const { id } of complete) read.ready.add(id);
  return read;
}
