// What a record carries beside its own fields: the attributes of its trace, its metadata, and what the edge adds to
// that. Pure and deterministic: the order of arrival does not show.
import type { TraceFields } from "../../../protocol/change.ts";
import { MAX_PROPAGATED_LENGTH, MAX_PROPAGATED_SIZE } from "../../../protocol/limits.ts";
import type { ObservationRecord } from "../../../protocol/record.ts";
import type { SessionState } from "../../state.ts";
import type { Draft, Trace } from "../assembly-state.ts";
import { metadataText } from "../legacy.ts";
import type { Register } from "../order-key.ts";
import { weightAsMetadata } from "../sampling.ts";

/** Metadata that the edge adds. The client's own keys win. */
export const NOTE_KEYS = {
  source: "source",
  traceId: "langfuse_edge_trace_id",
  observationId: "langfuse_edge_observation_id",
  notes: "langfuse_edge_notes",
  late: "langfuse_edge_late",
} as const;

export const SOURCE = "frontend-proxy";

export type Pairs = [key: string, text: string][];
type TraceWide = ObservationRecord["trace"];

/** The part of its session that a record needs. */
export type Session = Pick<SessionState, "settings" | "nextSeq">;

/**
 * The attributes that every observation of the trace carries. Long metadata values, and what is beyond a bound for
 * all, are in the root's own metadata alone, once: the official SDK leaves long ones out here too.
 */
export function traceWide(trace: Trace, { settings }: Session): TraceWide {
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
export function beside(wide: TraceWide, own: Pairs): Pick<ObservationRecord, "metadata" | "trace"> {
  const { metadata, ...rest } = wide;
  if (metadata === undefined) return { metadata: own, trace: wide };
  const values = new Map(own);
  const kept = metadata.filter(([key, text]) => (values.get(key) ?? text) === text);
  return { metadata: own, trace: { ...rest, ...(kept.length > 0 && { metadata: kept }) } };
}

export function withNotes(
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
export function values<K extends string, V>(registers: Map<K, Register<V>>): Partial<Record<K, V>> {
  return Object.fromEntries(pairs(registers)) as Partial<Record<K, V>>;
}

export function metadataPairs(registers: Map<string, Register<string>>): Pairs {
  return [...registers]
    .map(([key, register]): [string, string] => [key, metadataText(register)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function pairs<K extends string, V>(registers: Map<K, Register<V>>): [K, V][] {
  return [...registers]
    .map(([key, register]): [K, V] => [key, register.v])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
