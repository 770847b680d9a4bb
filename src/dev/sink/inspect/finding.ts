// Faults that the sink finds in requests, as data: the words that a developer reads, and a
// kind that a test can ask for. An error is what Langfuse loses, doubles or stores wrongly without
// saying so; a warning is what it tells, tolerates or merely dislikes.

const SEVERITY = {
  /** A null in attributes: every span of the request is lost. */
  null_attribute: "error",
  /** Text that is not Unicode: the insert fails, all spans of the same second are lost with it. */
  lone_surrogate: "error",
  /** Answered 201, never stored. */
  score_without_id: "error",
  /** The same span again with other content: both are returned and counted. */
  duplicate_span: "error",
  /** A trace with two roots. */
  second_root: "error",
  /** Kept as a negative latency. */
  end_before_start: "error",
  /** A time of zero, or none at all for the start: stored as 1970. */
  time_1970: "error",
  /** The same span again, byte for byte: in a later request doubled until a background merge. */
  resent_span: "warning",
  /** Taken as end = start. */
  missing_end: "warning",
  /** A key that the observation and its trace both have, with two values: the observation's is lost. */
  shadowed_metadata: "error",
  /** Becomes `default`. */
  bad_environment: "warning",
  /** Every attribute is repeated in the metadata. */
  scope_noise: "warning",
  /** A type that Langfuse does not know. */
  unknown_type: "warning",
  /** An attribute of another form than Langfuse reads, or of a name that it does not read. */
  unreadable_value: "warning",
  /** Without the ingestion version data is late by up to 10 minutes. */
  late_data: "warning",
  /** The answer was an error; the sender knows. */
  refused: "warning",
} as const;

export type FindingKind = keyof typeof SEVERITY;

export interface Finding {
  kind: FindingKind;
  severity: "error" | "warning";
  traceId?: string;
  spanId?: string;
  message: string;
}

const MAX_MESSAGE_LENGTH = 500;

/** Text that is safe to keep and short enough to read. */
export const readable = (text: string, most = MAX_MESSAGE_LENGTH): string =>
  (text.length > most ? `${text.slice(0, most)}…` : text).toWellFormed();

/** A finding about a request, or about one span of it. */
export function finding(
  kind: FindingKind,
  message: string,
  about: { traceId?: string; spanId?: string } = {},
): Finding {
  return {
    kind,
    severity: SEVERITY[kind],
    ...(about.traceId !== undefined && { traceId: readable(about.traceId, 200) }),
    ...(about.spanId !== undefined && { spanId: readable(about.spanId, 200) }),
    message: readable(message),
  };
}
