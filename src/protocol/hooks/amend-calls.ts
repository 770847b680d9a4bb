// The call by which a consumer pins what the Worker's own `beforeDelivery` made of records, before it posts any
// of them: a record that is sent again is then sent byte for byte, whatever the hook says by then. Additive, as
// every call between the rooms is.

import type { SourceReport } from "../books/ledger-calls.ts";

export interface Amendment {
  /** Of the lease that the records are out on. */
  lease: number;
  /** Ordinals of records that go as they are. */
  kept: number[];
  /** Records that were changed: the JSON text that is sent of each. */
  changed: [ordinal: number, text: string][];
  /** Records that are given up, and why. */
  dropped: [ordinal: number, reason: string][];
}

export interface AmendAnswer {
  /** False where the lease is not the one that stands: nothing was noted, and nothing may be posted. */
  noted: boolean;
  /** In place of the lease's, where records were dropped. */
  report?: SourceReport;
}

export interface AmendCalls {
  amend(amendment: Amendment): Promise<AmendAnswer>;
}
