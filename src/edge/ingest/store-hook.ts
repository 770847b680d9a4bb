// The Worker's own `beforeStore`, as the edge calls it: with everything that a request would have kept, whichever
// path it came by. Each action or span is one call; what it refuses is refused by itself.
import type { Action, Writer } from "../../protocol/change.ts";
import type { ActionRefusal } from "../../protocol/refusals.ts";
import type { CompleteSpan } from "../../protocol/session/append-calls.ts";
import type { Caller } from "../access/caller.ts";
import type { Interpreted } from "../interpret/interpreted.ts";
import { omitUndefined } from "../omit-undefined.ts";
import type { InterpretedSpan } from "../otlp/interpret-span.ts";

/** Who sends what the hook is called with. */
export interface Sender {
  publicKey: string;
  writer: Writer;
  sessionId?: string;
  userId?: string;
  headers: Headers;
}

/** Neither rejects; what is dropped comes back with `drop`, and goes on to be counted. */
export interface StoreHook {
  action: (action: Action, sender: Sender) => Promise<Action | ActionRefusal>;
  span: (span: CompleteSpan, sender: Sender) => Promise<CompleteSpan | ActionRefusal>;
}

export function senderOf(caller: Caller, headers: Headers, sessionId = caller.sessionId): Sender {
  const { project, writer, userId } = caller;
  return { publicKey: project.publicKey, writer, headers, ...omitUndefined({ sessionId, userId }) };
}

export async function filterActions(
  interpreted: readonly Interpreted[],
  hook: StoreHook | undefined,
  sender: Sender,
): Promise<readonly Interpreted[]> {
  if (hook === undefined) return interpreted;
  return Promise.all(
    interpreted.map(async (item): Promise<Interpreted> => {
      if (item.kind !== "action") return item;
      const passed = await hook.action(item.action, sender);
      if (!("code" in passed)) return { ...item, action: passed };
      return { kind: "refused", refusal: passed, ...omitUndefined({ id: item.id }) };
    }),
  );
}

export async function filterSpans(
  spans: readonly InterpretedSpan[],
  hook: StoreHook | undefined,
  sender: Sender,
): Promise<readonly InterpretedSpan[]> {
  if (hook === undefined) return spans;
  return Promise.all(
    spans.map(async (item): Promise<InterpretedSpan> => {
      if (item.kind !== "span") return item;
      const passed = await hook.span(item.span, sender);
      return "code" in passed ? { kind: "refused", refusal: passed } : { ...item, span: passed };
    }),
  );
}
