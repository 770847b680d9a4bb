// A user's word on an answer becomes a score of Langfuse. Its id is made of what it is about and of whose it is:
// whoever changes their mind replaces the score, also after a reload and from another device. Pure.
import type { ScoreParams } from "../types.ts";

/** The functions of the first chunk that a score is made by; it may be made in another one. */
export interface ScoreTools {
  cut: (text: string, most: number) => string;
  sha256: (text: string) => string;
}

/** Thumbs: true or false; stars: a number; a choice or the user's own words: text. */
export type FeedbackValue = boolean | number | string;

export interface FeedbackFields {
  /** Names the score. Default by the kind of value: `user-feedback`, `user-rating`, `user-choice`, `user-comment`. */
  name?: string | undefined;
  /** Default by the value: `BOOLEAN`, `NUMERIC`, `CATEGORICAL`. The user's own words are `TEXT`. */
  dataType?: ScoreParams["dataType"];
  comment?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** A score config of Langfuse, which knows the data type. */
  configId?: string | undefined;
  /** An observation of the trace, where the feedback is about that alone. */
  observationId?: string | undefined;
}

type Kind = readonly [dataType?: ScoreParams["dataType"], name?: string];
const KINDS: Partial<Record<string, Kind>> = {
  boolean: ["BOOLEAN", "user-feedback"],
  number: ["NUMERIC", "user-rating"],
  string: ["CATEGORICAL", "user-choice"],
};
/** Empty for what is no feedback, such as a word that is taken back: the edge says so. */
const kindOf = (value: FeedbackValue): Kind => KINDS[typeof value] ?? [];
/** Langfuse refuses a longer score of the type `TEXT`. */
const MAX_TEXT_LENGTH = 500;

/** The name under which this feedback is kept, of several about one answer. */
export const feedbackName = (value: FeedbackValue, { name, dataType }: FeedbackFields): string =>
  name ?? (dataType === "TEXT" ? "user-comment" : (kindOf(value)[1] ?? ""));

/** `user`: empty where nobody knows who it is; then the trace has one score of the name. */
export function feedbackScore(
  { cut, sha256 }: ScoreTools,
  traceId: string,
  user: string,
  value: FeedbackValue,
  fields: FeedbackFields = {},
): ScoreParams {
  const name = feedbackName(value, fields);
  const { configId, observationId = "", comment } = fields;
  const dataType = fields.dataType ?? (configId ? undefined : kindOf(value)[0]);
  const about = JSON.stringify([traceId, observationId, name, user]);
  const isLong = dataType === "TEXT" && String(value).length > MAX_TEXT_LENGTH;
  return {
    ...fields,
    // 32 hex digits alone would be an id of Langfuse's own, which the edge lets nobody choose.
    scoreId: `feedback-${sha256(about).slice(0, 32)}`,
    traceId,
    name,
    dataType,
    value: isLong ? cut(String(value), MAX_TEXT_LENGTH) : value,
    comment: comment ?? (isLong ? String(value) : undefined),
  };
}
