// Readers of the values in a legacy event's body. Null is absence, and what cannot be used is left out with a
// note: none of them refuses, since the client would send the whole batch again. Pure.
import type { Note } from "../../../protocol/json/safe.ts";
import { parseTime } from "../../../protocol/time.ts";
import { isObject } from "../../../protocol/wire.ts";
import { readMetadata } from "../../fields/read-metadata.ts";
import { readModelParameters } from "../../fields/read-model-parameters.ts";
import { readLevel, readTags, readTime, readValue } from "../../fields/read-values.ts";
import { RefusalError } from "../../fields/refusal-error.ts";
import { readUsage, type Usage } from "../../fields/usage.ts";
import type { Level } from "../../../protocol/change.ts";

export interface Reading {
  /** After masking and dropping. */
  body: Readonly<Record<string, unknown>>;
  note: Note;
  /** Epoch ms. */
  now: number;
}

/** The value, or a note of what was wrong with it. */
function lenient<T>(read: () => T | undefined, note: Note): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    note(`${error.refusal.message}; left out`);
    return undefined;
  }
}

/** Text of any plain value; undefined where there is none. */
export function textOf({ body, note }: Reading, field: string): string | undefined {
  const value = body[field];
  if (value === null || value === undefined || value === "") return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  note(`${field}: must be text; left out`);
  return undefined;
}

/** Go's clients write the first moment of its calendar for no time. */
const UNSET = /^000[01]-/;

/** Epoch ms. */
export function timeOf({ body, note, now }: Reading, field: string): number | undefined {
  const value = body[field];
  if (value === "" || (typeof value === "string" && UNSET.test(value))) return undefined;
  // A time without its zone is UTC, as Python's naive ones are.
  const zoned =
    typeof value === "string" && parseTime(`${value}Z`) !== undefined ? `${value}Z` : value;
  return lenient(() => readTime(zoned, field, { now, note }), note);
}

export function valueOf({ body, note }: Reading, field: string): string | undefined {
  const value = body[field];
  return value === "" ? undefined : readValue(value, field, note);
}

/** Langfuse's merge takes such a value for none. */
export function isWeak({ body }: Reading, field: string): boolean {
  return body[field] === 0 || body[field] === false;
}

export function levelOf({ body, note }: Reading): Level | undefined {
  return lenient(() => readLevel(body["level"]), note);
}

export function tagsOf({ body, note }: Reading): string[] | undefined {
  return lenient(() => readTags(body["tags"], note), note);
}

/** PHP has one text for an empty object and an empty list. */
const isNothing = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

export function metadataOf({ body, note }: Reading): [key: string, text: string][] | undefined {
  const { metadata } = body;
  return isNothing(metadata) ? undefined : readMetadata(metadata, note);
}

export function modelParametersOf({ body, note }: Reading): string | undefined {
  const { modelParameters } = body;
  if (isNothing(modelParameters)) return undefined;
  return lenient(() => readModelParameters(modelParameters, note), note);
}

const MAX_PROMPT_VERSION = 65_535;

export function promptVersionOf(reading: Reading): number | undefined {
  const text = textOf(reading, "promptVersion");
  if (text === undefined || text === "0") return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PROMPT_VERSION) return Number(text);
  reading.note("promptVersion: must be a whole number; left out");
  return undefined;
}

const ENVIRONMENT = /^[a-z0-9_-]+$/;
const LONGEST_ENVIRONMENT = 40;

/** As Langfuse's own API makes it one; undefined where there is none. */
export function environmentOf(reading: Reading): string | undefined {
  const given = textOf(reading, "environment")?.toLowerCase() ?? "";
  const name = given.replace(/^(?:langfuse[-_]?)+/, "").slice(0, LONGEST_ENVIRONMENT);
  if (ENVIRONMENT.test(name)) return name;
  if (given !== "") reading.note("environment: not one of Langfuse's; left out");
  return undefined;
}

/** `usage` in its three forms, `usageDetails` as counts or as OpenAI's, `costDetails`. */
export function usageOf({ body, note }: Reading): Usage {
  const { usage, usageDetails, costDetails } = body;
  const unit = isObject(usage) ? usage["unit"] : undefined;
  if (typeof unit === "string" && unit !== "" && unit !== "TOKENS") note(`usage.unit: ${unit}`);
  const data = {
    usage: numbersIn(usage, "usage", note),
    usageDetails: numbersIn(usageDetails, "usageDetails", note),
    costDetails: numbersIn(costDetails, "costDetails", note),
  };
  return lenient(() => readUsage(data, note), note) ?? {};
}

/** Without the unit, which is no count; counts that are text are counts. */
function numbersIn(value: unknown, where: string, note: Note): unknown {
  if (value === null || value === undefined || value === "" || isNothing(value)) return undefined;
  if (!isObject(value)) {
    note(`${where}: must be an object; left out`);
    return undefined;
  }
  const counts = Object.entries(value).filter(([key, count]) => key !== "unit" && count !== null);
  return Object.fromEntries(
    counts.map(([key, count]) => [key, isNumeral(count) ? Number(count) : count]),
  );
}

const isNumeral = (value: unknown): boolean =>
  typeof value === "string" && /^\d{1,15}(\.\d+)?$/.test(value);
