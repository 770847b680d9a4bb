// A draft becomes a record: the one place that fills in missing values. Pure and deterministic:
// the same draft makes the same record.
import type { Fields, TraceFields } from "../../protocol/change.ts";
import { langfuseObservationId } from "../../protocol/ids.ts";
import { MAX_PROPAGATED_LENGTH, MAX_PROPAGATED_SIZE } from "../../protocol/limits.ts";
import { isRecordRoot, metadataText, recordId } from "./legacy.ts";
import type { ObservationRecord, ScoreRecord } from "../../protocol/record.ts";
import { labelsAmong } from "../../protocol/figures/score-labels.ts";
import { weightAsMetadata } from "./sampling.ts";
import { costDetailsOf, totalsAsMetadata } from "./cost.ts";
import type { Ordered } from "../outbox/outbox-state.ts";
import type { Draft, ScoreDraft, Trace } from "./assembly-state.ts";
import type { Register } from "./order-key.ts";
import type { SessionState } from "../state.ts";

/** Metadata that the edge adds. The client's own keys win. */
export const NOTE_KEYS = {
  source: "source",
  traceId: "langfuse_edge_trace_id",
  observationId: "langfuse_edge_observation_id",
  notes: "langfuse_edge_notes",
  late: "langfuse_edge_late",
} as const;

const SOURCE = "frontend-proxy";
const NOT_ENDED = "not ended by the client";
/** Fields that an event cannot carry; a late record has them in its metadata. */
const NOT_ON_EVENTS = [
  "name",
  "startTime",
  "endTime",
  "model",
  "modelParameters",
  "usageDetails",
  "costDetails",
  "completionStartTime",
  "promptName",
  "promptVersion",
] as const;

type Pairs = [key: string, text: string][];
type TraceWide = ObservationRecord["trace"];

/** The end of a record whose client did not say when it ended. */
interface EndOverride {
  endTime: number;
  abandoned: boolean;
}

/** The part of its session that a record needs. */
type Session = Pick<SessionState, "settings" | "nextSeq">;

/** An observation that is complete, or that is closed now. */
export function observationRecord(
  trace: Trace,
  draft: Draft,
  session: Session,
  closing: EndOverride,
): Ordered<ObservationRecord> {
  const top = topOf(trace, draft);
  const root = top?.root === true;
  const { name, startTime, endTime, prices: _prices, ...fields } = values(draft.fields) as Fields;
  const costDetails = costDetailsOf(draft.fields);
  if (costDetails !== undefined) fields.costDetails = costDetails;
  const type = top === undefined ? (draft.type?.v ?? "span") : "span";
  const start = startTime ?? draft.createdAt ?? draft.lastAt;
  const end = endTime ?? (type === "event" ? start : closing.endTime);
  const notes = [...draft.notes];
  if (end < start) notes.push("endTime: before startTime, set to it");
  if (closing.abandoned && endTime === undefined && type !== "event") {
    // A trace record has no end, and legacy clients often leave others without one: nothing is wrong with it.
    if (draft.legacyAt === undefined) {
      fields.level = fields.level === "ERROR" ? "ERROR" : "WARNING";
      fields.statusMessage ??= NOT_ENDED;
    } else if (top === undefined) notes.push(NOT_ENDED);
  }
  const wide = traceWide(trace, session);
  const own = metadataPairs(draft.metadata);
  return sized({
    kind: "observation",
    ordinal: draft.createdSeq,
    seq: session.nextSeq,
    actions: draft.actions,
    size: 0,
    traceId: trace.id,
    id: top?.id ?? draft.id,
    ...(root ? { root: true as const } : { parentId: parentOf(trace, draft) }),
    type,
    name: (root ? wide.name : name) ?? (top === undefined ? type : (name ?? "trace")),
    startTime: start,
    endTime: Math.max(start, end),
    fields,
    ...beside(
      wide,
      withNotes(own, trace, draft, notes, root ? totalsAsMetadata(trace.totals) : []),
    ),
  });
}

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

/** Actions too late for a sealed observation, or without its create, as an event beside it. */
export function lateRecord(
  trace: Trace,
  draft: Draft,
  session: Session,
  n: number,
): Ordered<ObservationRecord> {
  const { prices: _prices, ...all } = values(draft.fields) as Fields;
  const metadata = metadataPairs(draft.metadata);
  const { record, sealedAs = trace.rootId } = trace.legacy ?? {};
  const about = draft.id === record ? sealedAs : draft.id;
  for (const name of NOT_ON_EVENTS) {
    const value = all[name];
    if (value !== undefined) metadata.push([`${NOTE_KEYS.late}_${name}`, String(value)]);
    delete all[name];
  }
  metadata.push([NOTE_KEYS.late, about]);
  const wide = traceWide(trace, session);
  return sized({
    kind: "observation",
    ordinal: draft.createdSeq,
    seq: session.nextSeq,
    actions: draft.actions,
    size: 0,
    traceId: trace.id,
    id: langfuseObservationId(trace.id, `${draft.id}/late/${n}`),
    parentId: about,
    type: "event",
    name: "late-update",
    startTime: draft.lastAt,
    endTime: draft.lastAt,
    fields: all,
    ...beside(wide, withNotes(metadata, trace, draft, draft.notes)),
  });
}

export function scoreRecord(
  trace: Trace,
  score: ScoreDraft,
  session: Session,
): Ordered<ScoreRecord> {
  const { nextSeq } = session;
  const { tags: _tags, metadata: wide = [], ...names } = traceWide(trace, session);
  const hasSource = trace.legacy !== undefined || wide.some(([key]) => key === NOTE_KEYS.source);
  const told: Pairs = hasSource ? wide : [...wide, [NOTE_KEYS.source, SOURCE]];
  const isKnown = trace.sealed.size + trace.drafts.size > 0;
  const labels = isKnown ? { ...names, metadata: labelsAmong(told) } : undefined;
  return {
    kind: "score",
    ordinal: score.createdSeq,
    seq: nextSeq,
    actions: score.actions,
    // As JSON: quotes and backslashes in it are escaped once more.
    size:
      JSON.stringify(score.body.v).length +
      (labels === undefined ? 0 : JSON.stringify(labels).length) +
      300,
    id: score.id,
    body: score.body.v,
    timestamp: score.body.s[1],
    ...(labels !== undefined && { labels }),
  };
}

/**
 * The attributes that every observation of the trace carries. Long metadata values, and what is beyond a bound for
 * all, are in the root's own metadata alone, once: the official SDK leaves long ones out here too.
 */
function traceWide(trace: Trace, { settings }: Session): TraceWide {
  let room = MAX_PROPAGATED_SIZE;
  const told = metadataPairs(trace.metadata).filter(([key, text]) => {
    const size = key.length + text.length;
    if (text.length > MAX_PROPAGATED_LENGTH || size > room) return false;
    room -= size;
    return true;
  });
  const metadata = [
    ...told,
    ...weightAsMetadata(trace).filter(([key]) => !trace.metadata.has(key)),
  ];
  return {
    ...(settings.environment !== undefined && { environment: settings.environment }),
    ...(settings.release !== undefined && { release: settings.release }),
    ...(values(trace.fields) as TraceFields),
    ...(trace.tags.length > 0 && { tags: [...trace.tags] }),
    ...(metadata.length > 0 && { metadata }),
  };
}

/**
 * A record's own metadata, and what it has of its trace: without the trace's values of keys for which the
 * record has another one. Langfuse would show the trace's in its place.
 */
function beside(wide: TraceWide, own: Pairs): Pick<ObservationRecord, "metadata" | "trace"> {
  const { metadata, ...rest } = wide;
  if (metadata === undefined) return { metadata: own, trace: wide };
  const values = new Map(own);
  const kept = metadata.filter(([key, text]) => (values.get(key) ?? text) === text);
  return { metadata: own, trace: { ...rest, ...(kept.length > 0 && { metadata: kept }) } };
}

function withNotes(
  metadata: Pairs,
  trace: Trace,
  draft: Draft,
  notes: readonly string[],
  more: Pairs = [],
): Pairs {
  // A legacy client's record says no more than that client does.
  const added: Pairs = draft.legacyAt === undefined ? [[NOTE_KEYS.source, SOURCE], ...more] : [];
  if (trace.raw !== undefined) added.push([NOTE_KEYS.traceId, trace.raw]);
  if (draft.raw !== undefined) added.push([NOTE_KEYS.observationId, draft.raw]);
  if (notes.length > 0) added.push([NOTE_KEYS.notes, JSON.stringify(notes)]);
  const taken = new Set(metadata.map(([key]) => key));
  return [...metadata, ...added.filter(([key]) => !taken.has(key))];
}

/** Values without their stamps, in the order of their names: the order of arrival does not show. */
function values<K extends string, V>(registers: Map<K, Register<V>>): Partial<Record<K, V>> {
  return Object.fromEntries(pairs(registers)) as Partial<Record<K, V>>;
}

function metadataPairs(registers: Map<string, Register<string>>): Pairs {
  return [...registers]
    .map(([key, register]): [string, string] => [key, metadataText(register)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function pairs<K extends string, V>(registers: Map<K, Register<V>>): [K, V][] {
  return [...registers]
    .map(([key, register]): [K, V] => [key, register.v])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function sized(record: Ordered<ObservationRecord>): Ordered<ObservationRecord> {
  const texts = (list: Pairs | undefined): number =>
    (list ?? []).reduce((sum, [key, text]) => sum + key.length + text.length + 60, 0);
  const fields = Object.values(record.fields).reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 8) + 60,
    0,
  );
  const { metadata: wide, tags = [], ...trace } = record.trace;
  const short = [record.name, ...tags, ...Object.values(trace)];
  const names = short.reduce<number>((sum, value) => sum + String(value).length + 60, 0);
  const size = 400 + fields + names + texts(record.metadata) + texts(wide);
  return { ...record, size };
}
