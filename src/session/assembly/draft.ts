// One observation's pieces, merged. No I/O, no clock. Any order and any repetition of the same
// changes makes the same draft, because every field keeps the order key of the action that wrote it.
import type { Change, FieldName } from "../../protocol/change.ts";
import { MAX_METADATA_KEYS } from "../../protocol/limits.ts";
import { MAX_NOTES } from "../bounds.ts";
import { fieldKey, metadataKey, momentOf } from "./legacy.ts";
import { lastWriteWins, lengthOf, type Register, type OrderKey } from "./order-key.ts";
import type { Draft } from "./assembly-state.ts";

export function newDraft(id: string, createdSeq: number): Draft {
  return {
    id,
    createdSeq,
    created: false,
    fields: new Map(),
    metadata: new Map(),
    notes: [],
    actions: 0,
    size: 0,
    lastAt: 0,
  };
}

/** Unseen: only updates so far. Open: created, not ended. Complete: created and ended. */
export type Phase = "unseen" | "open" | "complete";

export function phaseOf(draft: Draft): Phase {
  if (!draft.created) return "unseen";
  // An event is a moment: it is complete when it arrives.
  return draft.fields.has("endTime") || draft.type?.v === "event" ? "complete" : "open";
}

/**
 * Merges a change into a draft, in place.
 * @param maxSize of the draft, in UTF-16 units of its texts
 */
export function mergeChange(
  draft: Draft,
  change: Change,
  orderKey: OrderKey,
  maxSize: number,
): void {
  const at = orderKey[1];
  draft.actions += 1;
  draft.lastAt = Math.max(draft.lastAt, momentOf(change, at));
  if (change.rawTarget !== undefined) draft.raw ??= change.rawTarget;
  if (change.op === "create") {
    draft.created = true;
    draft.createdAt = Math.min(draft.createdAt ?? at, at);
  }
  if (change.type !== undefined) draft.type = lastWriteWins(draft.type, change.type, orderKey);
  if (change.parent !== undefined)
    draft.parent = lastWriteWins(draft.parent, change.parent, orderKey);
  for (const [field, value] of Object.entries(change.fields ?? {})) {
    const name = field as FieldName;
    const key = change.legacy === true ? fieldKey(change, name, orderKey) : orderKey;
    setField(draft, name, fitting(draft, name, value, maxSize), key);
  }
  if (change.op === "end" && change.fields?.endTime === undefined) {
    setField(draft, "endTime", at, orderKey);
  }
  mergeMetadata(draft, change, orderKey, maxSize);
  addNotes(draft, change.notes);
}

function mergeMetadata(draft: Draft, change: Change, orderKey: OrderKey, maxSize: number): void {
  for (const [key, text] of change.metadata ?? []) {
    const isNew = !draft.metadata.has(key);
    if (isNew && draft.metadata.size >= MAX_METADATA_KEYS) {
      addNotes(draft, [`metadata: more than ${MAX_METADATA_KEYS} keys, the rest left out`]);
      continue;
    }
    const ownKey = change.legacy === true ? metadataKey(text, orderKey) : orderKey;
    draft.size += setRegister(draft.metadata, key, fitting(draft, key, text, maxSize), ownKey);
    if (isNew) draft.size += key.length;
  }
}

function setField(draft: Draft, name: FieldName, value: string | number, orderKey: OrderKey): void {
  draft.size += setRegister(draft.fields, name, value, orderKey);
}

/** The text, or what says that it was too much for one observation. */
function fitting<V extends string | number>(
  draft: Draft,
  where: string,
  value: V,
  maxSize: number,
): V | string {
  if (typeof value !== "string" || draft.size + value.length <= maxSize) return value;
  addNotes(draft, [`${where}: too large together with the rest, left out`]);
  return `[${value.length} characters left out]`;
}

/** The same later-wins rule for any map of registers. Returns by how much the text in it grew. */
export function setRegister<K, V>(
  registers: Map<K, Register<V>>,
  key: K,
  value: V,
  orderKey: OrderKey,
): number {
  const before = registers.get(key);
  const kept = lastWriteWins(before, value, orderKey);
  registers.set(key, kept);
  return kept === before ? 0 : lengthOf(kept) - lengthOf(before);
}

/** Notes are a bounded set, kept sorted so that their order does not depend on the order of arrival. */
export function addNotes(draft: Draft, notes: readonly string[] | undefined): void {
  if (notes === undefined) return;
  draft.notes = [...new Set([...draft.notes, ...notes])].sort().slice(0, MAX_NOTES);
}
