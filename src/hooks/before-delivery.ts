// `beforeDelivery` around the records of a lease. Never rejects: a record that the hook fails on is named, and
// becomes a dead letter, which can be replayed. What it says is pinned by the session before anything is posted.
import { isLimitMet } from "../langfuse/post.ts";
import { describeError, type logEvent } from "../log.ts";
import type { Amendment } from "../protocol/hooks/amend-calls.ts";
import type { SealedRecord } from "../protocol/record.ts";
import type { DeadVerdict } from "../protocol/session/settle-calls.ts";
import { amendedText, deliveryItem, placeOf } from "./delivery-view.ts";
import type { Hooks } from "./types.ts";
import { Reasons, verdictOf } from "./verdicts.ts";
import { within } from "./within.ts";

/** Of all records of a lease together: the lease has to last for the post too. */
const DELIVERY_HOOK_MS = 3_000;

export interface Amended extends Omit<Amendment, "lease"> {
  failed: DeadVerdict[];
  /** Records that it could not judge, since the invocation may make no more requests: a later one asks about them. */
  left?: DeadVerdict[];
}
export type DeliveryHook = (
  records: readonly SealedRecord[],
  publicKey: string,
) => Promise<Amended>;

export function deliveryHook(
  hook: NonNullable<Hooks["beforeDelivery"]>,
  log: typeof logEvent,
): DeliveryHook {
  const reasons = new Reasons();
  return async (records, publicKey) => {
    const amended: Amended = { kept: [], changed: [], dropped: [], failed: [] };
    const one = async (record: SealedRecord): Promise<void> => {
      const { ordinal } = record;
      try {
        const item = deliveryItem(record);
        const context = { publicKey, place: placeOf(record) };
        const verdict = verdictOf(await within(DELIVERY_HOOK_MS, () => hook(item, context)));
        if (verdict !== undefined && "refuse" in verdict) {
          throw new TypeError("beforeDelivery returns nothing or drop()");
        }
        if (verdict !== undefined) {
          amended.dropped.push([ordinal, reasons.of(verdict.drop)]);
          return;
        }
        const text = amendedText(record, item);
        if (text === undefined) amended.kept.push(ordinal);
        else amended.changed.push([ordinal, text]);
      } catch (error) {
        const message = describeError(error);
        const verdict = { ordinal, reason: "hook_failed", message };
        if (isLimitMet(message)) {
          (amended.left ??= []).push(verdict);
          return;
        }
        amended.failed.push(verdict);
        log("error", "hook_failed", { hook: "beforeDelivery", error: message });
      }
    };
    await Promise.all(records.map(one));
    return amended;
  };
}
