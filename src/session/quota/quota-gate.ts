// The quota gate: pages may send so much a minute, and every writer may have so much open at once.
// No I/O, no clock. The journal's entries say what was taken, so that an eviction forgives
// nothing; and a replay only counts, since what was taken stays taken.
import { Buffer } from "node:buffer";
import type { Action } from "../../protocol/change.ts";
import { MAX_OPEN_OBSERVATIONS, MAX_OPEN_TRACES } from "../../protocol/limits.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import type { AppendResult, CompleteSpan } from "../../protocol/session/append-calls.ts";
import type { SessionQuota } from "../../settings/index.ts";
import type { SessionState } from "../state.ts";
import { nextDeadline } from "../deadlines/next-deadline.ts";
import { MINUTE_MS, addUsage } from "./usage-window.ts";

/** The bytes of an action beside its texts: ids, times, names of fields. */
const ACTION_BYTES = 200;

/** Decides which new actions of one request are taken, in their order. */
export class QuotaGate {
  /** Of those that were taken so far. */
  bytes = 0;
  #actions = 0;
  readonly #state: SessionState;
  readonly #quota: SessionQuota | undefined;
  #shut: AppendResult | undefined;

  /** @param quota of a page; what servers send is not counted */
  constructor(state: SessionState, quota: SessionQuota | undefined) {
    this.#state = state;
    this.#quota = quota;
  }

  /** The refusal of an action that is not taken now; undefined where it is taken. */
  refuse(action: Action): AppendResult | undefined {
    return this.#shut ?? this.#tooMuchOpen(action) ?? this.#tooMuchAMinute(bytesOf(action));
  }

  /** The same of a complete span, of which nothing is open. */
  refuseSpan(bytes: number): AppendResult | undefined {
    return this.#shut ?? this.#tooMuchAMinute(bytes);
  }

  /** An observation that is open already may always go on and end. */
  #tooMuchOpen({ change }: Action): AppendResult | undefined {
    const { openTraces, assembling, t } = this.#state;
    const trace = openTraces.get(change.trace);
    const isOpen =
      change.kind === "score"
        ? trace?.scores.has(change.id)
        : trace?.drafts.has(change.target) || trace?.late.has(change.target);
    const traces = trace === undefined && openTraces.size >= MAX_OPEN_TRACES;
    if (!traces && (isOpen === true || assembling < MAX_OPEN_OBSERVATIONS)) return undefined;
    const what = traces ? `${MAX_OPEN_TRACES} traces` : `${MAX_OPEN_OBSERVATIONS} observations`;
    const wait = (nextDeadline(this.#state)?.at ?? t) - t;
    return refusal(`the session has ${what} open; end some`, Math.min(wait, MINUTE_MS));
  }

  #tooMuchAMinute(bytes: number): AppendResult | undefined {
    if (this.#quota === undefined) return undefined;
    const { actionsPerMinute, bytesPerMinute } = this.#quota;
    const { t } = this.#state;
    const used = addUsage(this.#state.usage, t, this.#actions, this.bytes);
    const { before } = used;
    const waits = [
      waitFor(actionsPerMinute, before.actions, used.actions, 1, t),
      waitFor(bytesPerMinute, before.bytes, used.bytes, bytes, t),
    ];
    const wait = Math.max(...waits);
    if (wait > 0) {
      // The actions after it would overtake it.
      this.#shut = refusal(
        `more than ${actionsPerMinute} actions or ${bytesPerMinute} bytes a minute in this session`,
        wait,
      );
      return this.#shut;
    }
    this.#actions += 1;
    this.bytes += bytes;
    return undefined;
  }
}

/**
 * The time until so much more fits, ms; 0 where it fits now. The use of the minute before runs off
 * evenly during this one. More than fits a minute is taken when nothing else is in the way.
 */
function waitFor(limit: number, before: number, current: number, more: number, t: number): number {
  const elapsed = (t % MINUTE_MS) / MINUTE_MS;
  const room = Math.max(0, limit - more);
  if (before * (1 - elapsed) + current <= room) return 0;
  if (current <= room) return Math.max(1, MINUTE_MS * (1 - (room - current) / before - elapsed));
  return MINUTE_MS * (1 - elapsed) + MINUTE_MS * (1 - room / current);
}

function refusal(message: string, waitMs: number): AppendResult {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  return { status: "refused", code: "quota_exceeded", message, retryAfter };
}

/** About how many bytes a span takes. `origin`: one that it brings along; the next spans of it share that. */
export function spanBytes({ span }: CompleteSpan, origin?: SpanOrigin): number {
  const shared = origin === undefined ? "" : origin.resource + origin.scope;
  return Buffer.byteLength(span) + Buffer.byteLength(shared) + ACTION_BYTES;
}

/** About how many bytes an action takes. */
export function bytesOf({ change }: Action): number {
  const pairs = change.kind === "score" ? [] : (change.metadata ?? []).flat();
  const texts =
    change.kind === "score"
      ? [change.body]
      : [...Object.values(change.fields ?? {}), ...pairs, ...(change.tags ?? [])];
  return texts.reduce<number>(
    (sum, text) => sum + (typeof text === "string" ? Buffer.byteLength(text) : 0),
    ACTION_BYTES,
  );
}
