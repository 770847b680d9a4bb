// Complete spans on their way into the outbox: they are records as they come, nothing of them is assembled. No
// I/O, no clock. Their numbers count down from -1, so that they never meet the number of an action.
import type { AppendResult, CompleteSpan, SpanBatch } from "../../protocol/session/append-calls.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import { MAX_SPAN_IDS } from "../bounds.ts";
import { forgottenSessionOf, partOfSpan } from "../erasure/forgotten-sessions.ts";
import { DELETED } from "../erasure/tombstone.ts";
import { FULL, isElsewhere } from "../quota/overflow.ts";
import { spanBytes, type QuotaGate } from "../quota/quota-gate.ts";
import { dropUnstored } from "../dead-letters/letters.ts";
import type { SessionState } from "../state.ts";

/** A record's ids, times and names beside its text, in UTF-16 units. */
const RECORD_LENGTH = 300;

/**
 * Takes each span that is new. One result for each.
 * @param gate `replay` for spans that were taken before
 */
export function foldSpans(
  state: SessionState,
  { items, origins }: SpanBatch,
  gate: QuotaGate | "replay" | undefined,
): AppendResult[] {
  const forgotten = gate === "replay" ? undefined : forgottenSessionOf(state);
  return items.map((item) => {
    const { drop, ...span } = item;
    const origin = origins[span.origin];
    if (origin === undefined) return WITHOUT_ORIGIN;
    if (gate !== "replay") {
      if (forgotten?.(partOfSpan(item)) !== undefined) return DELETED;
      if (isKnownSpan(state, item)) return { status: "repeat" };
      if (isElsewhere(state, item.traceId)) return FULL;
      const isNew = !state.origins.has(item.origin);
      const refusal = gate?.refuseSpan(spanBytes(item, isNew ? origin : undefined));
      if (refusal !== undefined) return refusal;
    }
    remember(state, span);
    if (drop === undefined) push(state, span, origin);
    else {
      state.spans += 1;
      state.counts.accepted += 1;
      dropUnstored(state, drop);
    }
    return { status: "accepted" };
  });
}

const WITHOUT_ORIGIN: AppendResult = {
  status: "refused",
  code: "invalid_data",
  message: "the span names an origin that did not come with it",
};

function push(state: SessionState, item: CompleteSpan, origin: SpanOrigin): void {
  const { resource, scope } = origin;
  // The record may be leased alone: its size is that of all that goes with it.
  const size = RECORD_LENGTH + item.span.length + resource.length + scope.length;
  state.spans += 1;
  state.counts.accepted += 1;
  state.origins.set(item.origin, origin);
  const seq = state.nextSeq;
  state.outbox.push({ kind: "observation", ordinal: -state.spans, seq, actions: 1, size, ...item });
  state.nextSeq += 1;
  state.outboxSize += size;
}

/** Was it taken before, as far as is remembered? */
export function isKnownSpan({ spanIds }: SessionState, item: CompleteSpan): boolean {
  return spanIds.has(keyOf(item));
}

/** Both together: two traces may have a span of one id. */
function keyOf({ traceId, id }: Pick<CompleteSpan, "traceId" | "id">): string {
  return `${traceId}/${id}`;
}

/** The traces of spans that were taken, as far as they are remembered; the latest last. */
export function tracesOfSpans({ spanIds }: SessionState): Set<string> {
  return new Set(Array.from(spanIds, (key) => key.slice(0, key.lastIndexOf("/"))));
}

/** An exporter repeats a request within seconds: spans are remembered by number, whatever their age. */
function remember(state: SessionState, item: CompleteSpan): void {
  state.spanIds.add(keyOf(item));
  if (state.spanIds.size <= MAX_SPAN_IDS) return;
  const [oldest] = state.spanIds;
  if (oldest !== undefined) state.spanIds.delete(oldest);
}
