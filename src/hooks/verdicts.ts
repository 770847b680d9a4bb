// What a hook may return, and the reasons that the books count. A reason is one of few: a hook that makes one of
// each user's id must not make the books grow.
import type { Drop, Refuse } from "./types.ts";

const REASON = /^[a-z][a-z0-9_]{0,39}$/;
const OTHER = "other";
const MAX_REASONS = 24;
const MAX_MESSAGE_LENGTH = 200;

/**
 * Gives an item up, counted by its reason.
 * @param reason one of few, in small letters, digits and `_`, at most 40: `internal_user`
 */
export function drop(reason: string): Drop {
  return { drop: reason };
}

/**
 * Refuses an item.
 * @param message what the client is told, at most 200 characters; no secret
 */
export function refuse(message: string): Refuse {
  return { refuse: message };
}

/** Reasons as the books have them: `hook:{reason}`, of one isolate at most so many. */
export class Reasons {
  readonly #known = new Set<string>();

  of(reason: unknown): string {
    const isFit = typeof reason === "string" && REASON.test(reason);
    if (!isFit) return `hook:${OTHER}`;
    if (this.#known.size < MAX_REASONS) this.#known.add(reason);
    return `hook:${this.#known.has(reason) ? reason : OTHER}`;
  }
}

/** @throws TypeError on what no hook may return */
export function verdictOf(returned: unknown): { drop: unknown } | { refuse: string } | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (typeof returned === "object" && "drop" in returned) return { drop: returned.drop };
  if (typeof returned === "object" && "refuse" in returned) {
    return { refuse: String(returned.refuse).slice(0, MAX_MESSAGE_LENGTH).toWellFormed() };
  }
  throw new TypeError("a hook returns nothing, drop() or refuse()");
}
