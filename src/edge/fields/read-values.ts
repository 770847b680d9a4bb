// Readers of single values: from what a client may write to what the journal keeps. Each makes its
// value safe, returns undefined where there is none, and refuses only what has no meaning.
import { LEVELS, type Level } from "../../protocol/change.ts";
import { shortenedId } from "../../protocol/ids.ts";
import {
  EARLIEST_TIME_MS,
  LATEST_TIME_AHEAD_MS,
  MAX_ID_LENGTH,
  MAX_LABEL_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TAGS,
} from "../../protocol/limits.ts";
import { asText, cutText, type Note, safeJson, safeText } from "../../protocol/json/safe.ts";
import { parseTime } from "../../protocol/time.ts";
import { ENVIRONMENT_NAME } from "../../protocol/wire.ts";
import type { ActionContext } from "../interpret/context.ts";
import { Refused } from "../interpret/refused.ts";

/** Epoch ms. A time that cannot be meant is left out, so that it is filled in as if it was not given. */
export function readTime(
  value: unknown,
  field: string,
  { now, note }: Pick<ActionContext, "now" | "note">,
  path = `data.${field}`,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const ms = parseTime(value);
  if (ms === undefined) {
    throw new Refused("invalid_time", `${field}: must be ISO text or epoch milliseconds`, path);
  }
  if (isBelievable(ms, now)) return ms;
  note(`${field}: not a believable time, left out`);
  return undefined;
}

export function isBelievable(ms: number, now: number): boolean {
  return ms >= EARLIEST_TIME_MS && ms <= now + LATEST_TIME_AHEAD_MS;
}

/** Ids and texts: undefined also where nothing is left once it is safe. */
export function readText(value: string | undefined, where: string, note: Note): string | undefined {
  if (value === undefined) return undefined;
  return safeText(value, where, note) || undefined;
}

/** A session's or user's id. A longer one than Langfuse keeps is shortened, and still its own. */
export function readOwnerId(
  value: string | undefined,
  where: string,
  note: Note,
): string | undefined {
  const id = readText(value, where, note);
  if (id === undefined || id.length <= MAX_ID_LENGTH) return id;
  note(`${where}: longer than ${MAX_ID_LENGTH} characters, shortened`);
  return shortenedId(id);
}

export function readName(value: string | undefined, note: Note): string | undefined {
  const name = readText(value, "name", note);
  return name === undefined ? undefined : cutText(name, MAX_NAME_LENGTH, "name", note);
}

/** A text that is written on every span of a trace: a release, a version. */
export function readLabel(
  value: string | undefined,
  where: string,
  note: Note,
): string | undefined {
  const text = readText(value, where, note);
  return text === undefined ? undefined : cutText(text, MAX_LABEL_LENGTH, where, note);
}

/** Any value as text: a string as it is, anything else as JSON text. Null is no value. */
export function readValue(value: unknown, where: string, note: Note): string | undefined {
  if (value === undefined || value === null) return undefined;
  return asText(safeJson(value, where, note));
}

const LEVEL_NAMES: Readonly<Record<string, Level>> = {
  ...(Object.fromEntries(LEVELS.map((level) => [level, level])) as Record<Level, Level>),
  TRACE: "DEBUG",
  VERBOSE: "DEBUG",
  INFO: "DEFAULT",
  LOG: "DEFAULT",
  NOTICE: "DEFAULT",
  WARN: "WARNING",
  ERR: "ERROR",
  CRITICAL: "ERROR",
  FATAL: "ERROR",
};

export function readLevel(value: unknown): Level | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const name = typeof value === "string" ? value.trim().toUpperCase() : "";
  if (Object.hasOwn(LEVEL_NAMES, name)) return LEVEL_NAMES[name];
  throw new Refused("invalid_data", `level: must be one of ${LEVELS.join(", ")}`, "data.level");
}

export function readEnvironment(value: string | undefined): string | undefined {
  if (value === undefined || ENVIRONMENT_NAME.test(value)) return value;
  throw new Refused(
    "invalid_data",
    "environment: lower case letters, digits, - and _, at most 40, not beginning with langfuse",
    "data.environment",
  );
}

/** A list of texts, or text with commas; each once, in the order given. */
export function readTags(value: unknown, note: Note): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const items: unknown[] | undefined =
    typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : undefined;
  const texts = items?.filter((item) => item !== null);
  if (texts === undefined || !texts.every(isTagText)) {
    throw new Refused("invalid_data", "tags: must be a list of texts", "data.tags");
  }
  const tags = new Set(
    texts
      .map((item) => {
        const tag = safeText(String(item), "tags", note).trim();
        return cutText(tag, MAX_LABEL_LENGTH, "tags", note);
      })
      .filter((tag) => tag !== ""),
  );
  if (tags.size > MAX_TAGS) note(`tags: more than ${MAX_TAGS}, cut`);
  return tags.size > 0 ? [...tags].slice(0, MAX_TAGS) : undefined;
}

function isTagText(item: unknown): item is string | number | boolean {
  return typeof item === "string" || typeof item === "number" || typeof item === "boolean";
}
