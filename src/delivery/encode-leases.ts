// Leased records -> records ready to pack. A record that can't be written is set aside by itself:
// it must not keep what came with it.
import { encode } from "../langfuse/encode.ts";
import { describeError } from "../log.ts";
import type { SealedRecord } from "../protocol/record.ts";
import type { DeadVerdict } from "../protocol/session/settle-calls.ts";
import type { Lease } from "../protocol/session/lease-calls.ts";
import type { EncodedRecord } from "./posts/pack.ts";

export interface Encoded {
  records: EncodedRecord[];
  /** Records that can't be written, by lease. */
  unwritable: { lease: number; verdict: DeadVerdict }[];
}

/** Text encoded at a stretch, in UTF-16 units, before others get a turn: about two milliseconds. */
const YIELD_EVERY_BYTES = 256 * 1024;

export async function encodeLeases(leases: readonly Lease[]): Promise<Encoded> {
  const encoded: Encoded = { records: [], unwritable: [] };
  let stretch = 0;
  for (const [lease, { records, origins }] of leases.entries()) {
    for (const record of records) {
      // Nothing of it goes to Langfuse.
      if (record.sampledOut === true) continue;
      encodeInto(encoded, lease, record, origins);
      stretch += record.size;
      if (stretch < YIELD_EVERY_BYTES) continue;
      stretch = 0;
      await yieldToEventLoop();
    }
  }
  return encoded;
}

function encodeInto(
  { records, unwritable }: Encoded,
  lease: number,
  record: SealedRecord,
  origins: Lease["origins"],
): void {
  const { ordinal } = record;
  try {
    records.push({ ...encode(record, origins), lease, ordinal });
  } catch (error) {
    const verdict = { ordinal, reason: "unwritable", message: describeError(error) };
    unwritable.push({ lease, verdict });
  }
}

/** Lets the runtime do other things: a consumer that encodes a whole batch at once stalls them. */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
