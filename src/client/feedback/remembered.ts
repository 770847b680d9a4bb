// What a browser remembers of messages: the trace of each, and what the user said of it. A list as text, the
// latest last, bounded in number and in age; what cannot be read is nothing. Pure.
import type { FeedbackValue } from "./score.ts";

export interface Remembered {
  traceId: string;
  /** Epoch ms of when the message was named last, or judged. */
  at: number;
  /** The user's last word by the score's name; comments are not kept. */
  given: Record<string, FeedbackValue>;
}
export type Memory = Map<string, Remembered>;

/** Enough for the conversations that a user may come back to; about 30 KB. */
export const MAX_MESSAGES = 200;
export const MAX_AGE_MS = 30 * 864e5;
/** The most scores of a message, and characters of each, that are kept. */
const MAX_GIVEN = 8;
const MAX_GIVEN_LENGTH = 100;

const isText = (value: unknown): value is string => typeof value === "string";

function remembered(entry: unknown, oldest: number): [string, Remembered] | undefined {
  if (!Array.isArray(entry)) return undefined;
  const [id, traceId, at, given] = entry as unknown[];
  if (!isText(id) || !isText(traceId) || typeof at !== "number" || !(at >= oldest))
    return undefined;
  const values = Object.entries(Object(given ?? {}) as object).filter(
    (pair): pair is [string, FeedbackValue] => /^[bsn]/.test(typeof pair[1]),
  );
  return [id, { traceId, at, given: Object.fromEntries(values) }];
}

export function readMemory(text: string | null | undefined, now: number): Memory {
  let list: unknown;
  try {
    list = JSON.parse(text ?? "");
  } catch {
    // Nothing is kept, or nothing of ours.
  }
  const entries = Array.isArray(list) ? (list as unknown[]) : [];
  return new Map(
    entries.flatMap((entry) => {
      const read = remembered(entry, now - MAX_AGE_MS);
      return read ? [read] : [];
    }),
  );
}

export const writeMemory = (memory: Memory): string =>
  JSON.stringify(
    [...memory]
      .slice(-MAX_MESSAGES)
      .map(([id, { traceId, at, given }]) => [id, traceId, at, given]),
  );

/** The message's trace; of another trace of the same message, as after a regeneration, nothing stays. */
export function remember(memory: Memory, id: string, traceId: string, now: number): void {
  const before = memory.get(id);
  const given = before?.traceId === traceId ? before.given : {};
  memory.delete(id);
  memory.set(id, { traceId, at: now, given });
}

/** `value`: undefined where the edge has refused it. */
export function rememberGiven(
  memory: Memory,
  id: string,
  name: string,
  value: FeedbackValue | undefined,
  now: number,
): void {
  const before = memory.get(id);
  if (!before) return;
  const { [name]: _, ...others } = before.given;
  const isKept = value !== undefined && String(value).length <= MAX_GIVEN_LENGTH;
  const given = Object.entries({ ...others, ...(isKept && { [name]: value }) }).slice(-MAX_GIVEN);
  memory.delete(id);
  memory.set(id, { ...before, at: now, given: Object.fromEntries(given) });
}
