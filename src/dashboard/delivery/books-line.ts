// What may be said of the books, in one line. Pure: nothing is green that is not known.
import type { DeliveryBody } from "../../protocol/figures/body/delivery.ts";
import { count } from "../format/number.ts";
import { duration } from "../format/time.ts";

export interface Line {
  tone: "soft" | "good" | "warn" | "bad";
  text: string;
}

/** Older than this, what waits is no longer just on its way. */
const LATE_SECONDS = 120;

type Books = Pick<DeliveryBody, "accepted" | "pending" | "dead" | "balance" | "oldestPending">;

export function booksLine({ accepted, pending, dead, balance, oldestPending }: Books): Line {
  if (accepted === 0) return { tone: "soft", text: "Nothing was counted yet." };
  if (balance !== 0) {
    return {
      tone: "bad",
      text: `The books do not balance: ${count(balance)} of ${count(accepted)} actions are unaccounted for. That is a fault of the edge; please report it.`,
    };
  }
  const waits = oldestPending?.ageSeconds ?? 0;
  if (waits > LATE_SECONDS) {
    return {
      tone: "warn",
      text: `Delivery is late: ${count(pending)} actions wait, the oldest for ${duration(waits * 1000)}. They are kept and go out by themselves; npx langfuse-edge health says why.`,
    };
  }
  if (dead > 0) {
    return {
      tone: "warn",
      text: `Langfuse refused ${count(dead)} actions for good: look at the dead letters below, mend the cause, replay them.`,
    };
  }
  return {
    tone: "good",
    text: `The books balance: everything accepted is delivered, on its way or accounted for.`,
  };
}
