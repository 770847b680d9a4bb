// Dead letters, as `GET /api/langfuse/dead-letters` tells of them, as far as the page reads it. Only types and paths.

export const LETTERS_PATH = "/api/langfuse/dead-letters";
export const REPLAY_PATH = `${LETTERS_PATH}/replay`;

export interface Letter {
  id: string;
  kind: string;
  reason: string;
  /** Absent where the reader may see no payloads: it may quote them. */
  message?: string;
  /** ISO 8601. */
  since: string;
  deaths: number;
  name?: string;
  traceId?: string;
  record: object;
  /** The record is without payloads: the reader may not see them. */
  contentHidden?: true;
}

export interface Letters {
  letters: Letter[];
  total: number;
}
