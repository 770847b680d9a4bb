// Errors in the JSON of figures, by kind. Only types.

export interface ErrorGroupBody {
  fingerprint: string;
  type: string;
  /** Null for readers who see no payloads: an error may quote them. */
  message: string | null;
  /** For those its frames alone. */
  stack: string | null;
  /** In the range asked for. */
  count: number;
  /** Since the group was seen first, whatever the range. */
  total: number;
  firstSeen: string;
  lastSeen: string;
  /** At most 10, the latest first. */
  releases: string[];
  assistants: string[];
  /** Langfuse trace id of the latest. */
  exampleTrace: string;
  series: number[];
}

export interface ErrorsBody {
  /** Most in the range first, at most 100. */
  groups: ErrorGroupBody[];
  /** Errors in the range of groups that there was no room for. */
  other: number;
}
