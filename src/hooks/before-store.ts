// `beforeStore` around what a request brings: each action and each span by itself, and one that fails costs only
// itself. Never rejects. Invariant: nothing is stored that the hook has not seen and let pass.
import { describeError, type logEvent } from "../log.ts";
import type { Action } from "../protocol/change.ts";
import type { ActionRefusal } from "../protocol/refusals.ts";
import type { CompleteSpan } from "../protocol/session/append-calls.ts";
import { actionItem, actionOf, droppedAction } from "./change-view.ts";
import { droppedSpan, spanItem, spanOf } from "./span-view.ts";
import type { Hooks, StoreContext, StoreItem } from "./types.ts";
import { Reasons, verdictOf } from "./verdicts.ts";
import { within } from "./within.ts";

/** A client waits for its answer meanwhile. */
const STORE_HOOK_MS = 1_000;

const FAILED: ActionRefusal = {
  code: "hook_failed",
  message: "a filter of this edge failed; send it again later",
};

export interface StoreHook {
  action: (action: Action, context: StoreContext) => Promise<Action | ActionRefusal>;
  span: (span: CompleteSpan, context: StoreContext) => Promise<CompleteSpan | ActionRefusal>;
}

export function storeHook(
  hook: NonNullable<Hooks["beforeStore"]>,
  log: typeof logEvent,
): StoreHook {
  const reasons = new Reasons();
  async function run<Given extends object, Item extends StoreItem>(
    given: Given,
    itemOf: (given: Given) => Item,
    changed: (given: Given, item: Item) => Given,
    dropped: (given: Given, reason: string) => Given,
    context: StoreContext,
  ): Promise<Given | ActionRefusal> {
    try {
      const item = itemOf(given);
      const verdict = verdictOf(await within(STORE_HOOK_MS, () => hook(item, context)));
      if (verdict === undefined) return changed(given, item);
      if ("drop" in verdict) return dropped(given, reasons.of(verdict.drop));
      return { code: "refused_by_hook", message: verdict.refuse };
    } catch (error) {
      log("error", "hook_failed", { hook: "beforeStore", error: describeError(error) });
      return FAILED;
    }
  }
  return {
    action: (action, context) => run(action, actionItem, actionOf, droppedAction, context),
    span: (span, context) => run(span, spanItem, spanOf, droppedSpan, context),
  };
}
