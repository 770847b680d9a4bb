// Sums of figures as they are stored and sent: plain data that adds up (src/figures). Additive across versions: a
// stored cell of an earlier version lacks what is new.
import type { RecordKind } from "../record.ts";
import type { MetricName } from "./dimensions.ts";

/** A distribution as a DDSketch of `RELATIVE_ERROR`. */
export interface Sketch {
  /** How many values. */
  n: number;
  /** Of all values, in thousandths. */
  sum: number;
  min: number;
  max: number;
  zeros: number;
  /** Of values above 0: key, count, key, count …, by growing keys. */
  bins: number[];
  /** Likewise of the amounts of values below 0, where there are some. */
  negative?: number[];
}

export interface ToolCell {
  calls: number;
  errors: number;
  ms: Sketch;
}

/** Turns with the same attributes. */
export interface Cell {
  turns: number;
  outcomes: Record<string, number>;
  errors: number;
  /** Of its generations. */
  generations: number;
  unpriced: number;
  input: number;
  output: number;
  total: number;
  /** Billionths of a dollar. */
  nanos: number;
  metrics: Partial<Record<MetricName, Sketch>>;
  /** Dollars and tokens of whole turns, where they came with their turn. */
  turnCost?: Sketch;
  turnTokens?: Sketch;
  tools?: Record<string, ToolCell>;
  scores?: Record<string, Sketch>;
  /** Counts of a score's texts, by its name. */
  categories?: Record<string, Record<string, number>>;
}

/** By their values in the order of `DIMENSIONS`, with U+001F between. */
export type CellTable = Record<string, Cell>;

/** Langfuse's answers of one kind. */
export interface LangfuseCell {
  answers: Record<string, number>;
  ms: Sketch;
}
export type LangfuseCells = Partial<Record<RecordKind, LangfuseCell>>;

/** What the turns of one session come to. */
export interface SessionCell {
  turns: number;
  /** Turns with the outcome `failed`. */
  failed: number;
  errors: number;
  tokens: number;
  /** Billionths of a dollar. */
  nanos: number;
  firstToken?: Sketch;
  /** The length of its turns. */
  turn?: Sketch;
  /** Its latest news: epoch ms, Langfuse trace id, and the attributes as a `CellTable` has them. */
  last: number;
  trace: string;
  place: string;
}

/** Some sessions, by 16 hex digits of a hash. */
export interface SessionTable {
  cells: Record<string, SessionCell>;
  /** There was no room for others, or for some of their turns. */
  cut?: true;
}

/** Different texts that were seen: the smallest of their hashes, of 32 bits, growing. */
export type Distinct = number[];

/** All figures of one stretch of time. */
export interface Slice {
  cells: CellTable;
  /** Counts by fingerprint. */
  errors: Record<string, number>;
  langfuse: LangfuseCells;
  /** The slowest and the latest sessions. */
  recent: SessionTable;
  sessions: Distinct;
  users: Distinct;
  objects: Distinct;
}

/** An error's group, with all that is kept of it. */
export interface ErrorGroup {
  fingerprint: string;
  type: string;
  message: string;
  stack?: string;
  /** Since it was seen first. */
  count: number;
  /** Epoch ms. */
  first: number;
  last: number;
  /** The latest first, at most 10. */
  releases: string[];
  assistants: string[];
  /** Langfuse trace id of the latest. */
  trace: string;
}
