// Encoded records of several leases: ordinals count up within a lease, kinds are mixed, ids say which it is.
import fc from "fast-check";
import type { EncodedRecord } from "../../../../src/delivery/posts/pack.ts";

export function encodedRecord(
  lease: number,
  ordinal: number,
  bytes = 10,
  kind: EncodedRecord["kind"] = "observation",
): EncodedRecord {
  const id = nameOf({ lease, ordinal });
  return { kind, lease, ordinal, id, text: id, bytes };
}

export const nameOf = ({ lease, ordinal }: { lease: number; ordinal: number }): string =>
  `${lease}/${ordinal}`;

const shape = fc.record({
  bytes: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 1500 })),
  kind: fc.constantFrom("observation" as const, "observation" as const, "score" as const),
});

/** Up to eight leases of up to twelve records. */
export const encodedRecords: fc.Arbitrary<{ leases: number; records: EncodedRecord[] }> = fc
  .array(fc.array(shape, { maxLength: 12 }), { maxLength: 8 })
  .map((leases) => ({
    leases: leases.length,
    records: leases.flatMap((shapes, lease) =>
      shapes.map(({ bytes, kind }, ordinal) => encodedRecord(lease, ordinal, bytes, kind)),
    ),
  }));
