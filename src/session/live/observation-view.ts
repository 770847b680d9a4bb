// What a watcher is shown of one observation: of a draft as far as it is known, or of a record. Payloads only where
// they may be shown; all text is what is stored, and so masked. No I/O, no clock.
import type { Fields } from "../../protocol/change.ts";
import {
  type LiveObservation,
  type LiveScore,
  MAX_LIVE_NAME_LENGTH,
  MAX_LIVE_TEXT_LENGTH,
} from "../../protocol/live.ts";
import type { ObservationRecord } from "../../protocol/record.ts";
import { HIDDEN, isWords } from "../../protocol/live/score-words.ts";
import { costDetailsOf } from "../assembly/cost.ts";
import type { Draft, Trace } from "../assembly/assembly-state.ts";
import type { Register } from "../assembly/order-key.ts";

/** Metadata of the browser library's streams (docs/browser-library.md). */
type Metadata = ReadonlyMap<string, string>;

export function ofDraft(draft: Draft, trace: Trace, content: boolean): LiveObservation {
  const fields = Object.fromEntries(
    Array.from(draft.fields, ([name, { v }]) => [name, v]),
  ) as Fields;
  const costDetails = costDetailsOf(draft.fields);
  const isRoot = draft.id === trace.rootId;
  const name = isRoot ? textOf(trace.fields.get("name")) : fields.name;
  const metadata = new Map(Array.from(draft.metadata, ([key, { v }]) => [key, v]));
  return {
    id: draft.id,
    ...(isRoot ? { root: true as const } : { parentId: draft.parent?.v ?? trace.rootId }),
    type: isRoot ? "span" : (draft.type?.v ?? "span"),
    name: cutName(name ?? draft.type?.v ?? "trace"),
    startTime: fields.startTime ?? draft.createdAt ?? draft.lastAt,
    ...(fields.endTime !== undefined && { endTime: fields.endTime }),
    ...common({ ...fields, ...(costDetails !== undefined && { costDetails }) }, metadata, content),
  };
}

export function ofRecord(record: ObservationRecord, content: boolean): LiveObservation {
  const { id, parentId, root, type, name, startTime, endTime, fields } = record;
  return {
    id,
    ...(root === true ? { root } : parentId !== undefined && { parentId }),
    type,
    name: cutName(name),
    startTime,
    endTime,
    ...(name === "late-update" && type === "event" && { late: true as const }),
    ...common(fields, new Map(record.metadata), content),
  };
}

export function ofScore(id: string, body: string, content: boolean): LiveScore | undefined {
  const { name, value, dataType } = objectIn(body);
  if (typeof name !== "string") return undefined;
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const score = { id, name: cutName(name) };
  if (isWords(dataType)) {
    return content
      ? { ...score, value: cutName(String(value)), words: true }
      : { ...score, value: HIDDEN };
  }
  return typeof value === "string"
    ? { ...score, value: cutName(value), words: false }
    : { ...score, value };
}

function common(fields: Fields, metadata: Metadata, content: boolean): Partial<LiveObservation> {
  const { level, model, completionStartTime, input, output, statusMessage } = fields;
  const chunks = numberIn(metadata.get("chunkCount"));
  const rate = numberIn(metadata.get("chunksPerSecond"));
  const tokens = sumIn(fields.usageDetails);
  const cost = sumIn(fields.costDetails);
  const outcome = metadata.get("outcome");
  return {
    ...(level !== undefined && level !== "DEFAULT" && { level }),
    ...(model !== undefined && { model: cutName(model) }),
    ...(completionStartTime !== undefined && { firstTokenTime: completionStartTime }),
    ...(chunks !== undefined && { chunks }),
    ...(rate !== undefined && { chunksPerSecond: rate }),
    ...(tokens !== undefined && { tokens }),
    ...(cost !== undefined && { cost }),
    ...(outcome !== undefined && { outcome: cutName(outcome) }),
    ...(statusMessage === "not ended by the client" && { abandoned: true as const }),
    ...(content && {
      ...(input !== undefined && { input: cutText(input) }),
      ...(output !== undefined && { output: cutText(output) }),
      ...(statusMessage !== undefined && { statusMessage: cutText(statusMessage) }),
    }),
  };
}

export function textOf(register: Register<string | boolean> | undefined): string | undefined {
  return typeof register?.v === "string" ? register.v : undefined;
}

export function cutName(text: string): string {
  return text.slice(0, MAX_LIVE_NAME_LENGTH);
}

function cutText(text: string): string {
  return text.length > MAX_LIVE_TEXT_LENGTH ? `${text.slice(0, MAX_LIVE_TEXT_LENGTH)}…` : text;
}

export function numberIn(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** JSON text of an object of numbers: of `total` where it is told, else of all. */
function sumIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { total, ...parts } = objectIn(text);
  if (typeof total === "number") return total;
  const numbers = Object.values(parts).filter((value) => typeof value === "number");
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0);
}

/** Of what is no JSON object, or was cut, an empty one. */
export function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
