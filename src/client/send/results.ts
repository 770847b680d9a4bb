import type { Result } from "../types.ts";

export const failed = (code: string, more?: object): Result => ({
  error: { code, ...more },
  success: false,
});

/** The outcome of one attempt to reach the edge. */
export interface EdgeReply {
  /** 0: nobody answered. */
  status: number;
  /** The seconds that `Retry-After` asks for. */
  after?: number;
  /** The edge's JSON; unless somebody else answered. */
  body?: { results?: Result[]; error?: Result["error"]; watched?: boolean } | null | undefined;
}

/**
 * The answer's word on each action. Where the edge did not speak of each, all share one fate: to be
 * tried again when nobody answered, somebody else did, or the edge is busy; refused on any other 4xx.
 */
export function resultsOf({ status, body }: EdgeReply, actions: unknown[]): Result[] {
  const told = body?.results;
  const retryable = status < 400 || status === 429 || status > 499;
  return told?.length === actions.length && told.every((result) => result?.success !== undefined)
    ? told
    : actions.map(() => failed(`http_${status}`, { ...body?.error, retryable }));
}
