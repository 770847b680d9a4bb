// The rules of Langfuse's API of before v4, for what its clients write: how several writes of one value become
// one, and what its trace records become. No I/O, no clock. Source: the merge of Langfuse's own ingestion worker
// (creates before updates, then by time; start and environment stay as first set; metadata merges deeply).
import type { Change, FieldName, TraceFieldName } from "../../protocol/change.ts";
import { compareClients, writesOf, type OrderKey, type Register } from "./order-key.ts";
import type { Draft, Trace } from "./assembly-state.ts";

/** What a trace knows of the legacy clients that write to it. */
export interface LegacyTrace {
  /** Langfuse id of the trace record's own target. */
  record?: string;
  /** A page began the trace, or may have. */
  joined?: true;
  apart?: true;
  /** The id under which the record was sealed: its own, or the root's. */
  sealedAs?: string;
}

/** Fields that stay as they were first set. */
const FIRST: ReadonlySet<FieldName | TraceFieldName> = new Set([
  "startTime",
  "environment",
] as const);
/** Trace-wide values of legacy clients give way to those of actions, whenever they come. */
const BELOW_ACTIONS = 2;
/** Weak values give way to any other. */
const BELOW_OTHERS = 8;
/** Client ids hold no NUL: no client is taken for this. */
const DEEP = "\u0000";
const SEQ_DIGITS = 16;

/** The order key of one field of a legacy change. */
export function fieldKey(change: Change, name: FieldName, key: OrderKey): OrderKey {
  if (FIRST.has(name)) return firstWins(key);
  return change.weak?.includes(name) === true ? lowered(key, BELOW_OTHERS) : key;
}

export function traceFieldKey(name: TraceFieldName, key: OrderKey): OrderKey {
  return lowered(FIRST.has(name) ? firstWins(key) : key, BELOW_ACTIONS);
}

/** Objects are all kept (of the latest writes), to be merged into each other. */
export function metadataKey(text: string, key: OrderKey): OrderKey {
  if (!text.startsWith("{")) return key;
  const [rank, at, , seq] = key;
  return [rank, at, DEEP + String(seq).padStart(SEQ_DIGITS, "0"), seq];
}

/** The later of two in this order is the earlier one. */
function firstWins([rank, at, client, seq]: OrderKey): OrderKey {
  return [0 - rank, 0 - at, client, 0 - seq];
}

function lowered([rank, at, client, seq]: OrderKey, by: number): OrderKey {
  return [rank - by, at, client, seq];
}

/** A metadata value: the one that stands, or objects merged into each other in the order of their writes. */
export function metadataText(register: Register<string>): string {
  const writes = writesOf(register);
  if (writes.length === 1 || !writes.some(({ s }) => s[2].startsWith(DEEP))) return register.v;
  const [first, ...more] = writes.toSorted((a, b) => compareClients(a.s, b.s));
  let text = first?.v ?? "";
  for (const { v, s } of more) text = s[2].startsWith(DEEP) ? mergedText(text, v) : v;
  return text;
}

function mergedText(text: string, more: string): string {
  const [below, above] = [objectOf(text), objectOf(more)];
  return below === undefined || above === undefined ? more : JSON.stringify(merged(below, above));
}

type JsonObject = Readonly<Record<string, unknown>>;

/** A value that was cut, or is no object, has no members to merge. */
function objectOf(text: string): JsonObject | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Null is no value. Members are defined, not assigned: any key is only a key. */
function merged(below: JsonObject, above: JsonObject): JsonObject {
  const members = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const before = members.get(key);
    if (isObject(before) && isObject(value)) members.set(key, merged(before, value));
    else if (value !== null || !members.has(key)) members.set(key, value);
  }
  return Object.fromEntries(members);
}

/** The root of a trace, or its legacy clients' trace record: neither is sealed with what hangs below it. */
export function isTop({ rootId, legacy }: Trace, id: string): boolean {
  return id === rootId || id === legacy?.record;
}

/** Whether the legacy trace record is a root: unless a page or an action began the trace. */
export function isRecordRoot({ legacy, rootId, drafts, sealed }: Trace): boolean {
  const isBegun = drafts.get(rootId)?.created === true || sealed.get(rootId)?.done === true;
  return legacy?.joined !== true && !isBegun;
}

/**
 * Langfuse's id of the legacy trace record; undefined where there is none. As a root it has the root's, unless a
 * page's root may have that: the later of the two would take the place of the other.
 */
export function recordId(trace: Trace): string | undefined {
  const { legacy, rootId, drafts } = trace;
  if (legacy?.record === undefined) return undefined;
  if (legacy.sealedAs !== undefined) return legacy.sealedAs;
  if (drafts.get(legacy.record)?.created !== true) return undefined;
  return isRecordRoot(trace) && legacy.apart !== true ? rootId : legacy.record;
}

/** Said something and not when it ended: such clients often never do, so nothing waits for it for long. */
export function isResting({ legacyAt, created, fields, type }: Draft): boolean {
  const isOpen = created && !fields.has("endTime") && type?.v !== "event";
  return legacyAt !== undefined && isOpen && fields.has("output");
}

/** The moment of a change: of a create what it says itself, since it may tell of a time long ago. */
export function momentOf(change: Change, at: number): number {
  if (change.legacy !== true) return at;
  return change.op === "create" ? (change.fields?.startTime ?? at) : at;
}
