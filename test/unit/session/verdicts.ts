// Settlements of any shape: each record of a lease is delivered, dead, set aside or left, in any mix, and
// what is left is tried again by kind, or not at all.
import fc from "fast-check";
import { RECORD_KINDS } from "../../../src/protocol/record.ts";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";
import type { RetryReason, Settlement } from "../../../src/protocol/session/settle-calls.ts";

const FATES = ["delivered", "delivered", "dead", "aside", "left"] as const;
const REASONS: readonly RetryReason[] = ["unreachable", "request_refused", "not_tried"];

export const verdictArb = fc.record({
  /** Of the records, one after the other, and then from the first again. */
  fates: fc.oneof(
    fc.constant(["delivered" as const]),
    fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 5 }),
  ),
  retry: fc.option(
    fc.record(
      { reason: fc.constantFrom(...REASONS), kinds: fc.subarray([...RECORD_KINDS]) },
      // A call carries plain objects only.
      { requiredKeys: ["reason"], noNullPrototype: true },
    ),
    { nil: undefined },
  ),
  next: fc.option(fc.record({ maxBytes: fc.constantFrom(1, 2_000) }, { noNullPrototype: true }), {
    nil: undefined,
  }),
});
export type Verdict = typeof verdictArb extends fc.Arbitrary<infer T> ? T : never;

export function settlementOf({ id, records }: Lease, verdict: Verdict): Settlement {
  const { fates, retry, next } = verdict;
  const withFate = (fate: (typeof FATES)[number]): number[] =>
    records
      .filter((_, index) => fates[index % fates.length] === fate)
      .map(({ ordinal }) => ordinal);
  return {
    lease: id,
    delivered: withFate("delivered"),
    dead: withFate("dead").map((ordinal) => ({ ordinal, reason: "refused", message: "no" })),
    setAside: withFate("aside"),
    ...(retry !== undefined && { retry }),
    ...(next !== undefined && { next }),
  };
}

/** The records of a lease whose outcome is known first: of one kind, or so many of them. */
export const partArb = fc.oneof(fc.constantFrom(...RECORD_KINDS), fc.nat(4));

/** A settlement of a part, and the lease that goes on; undefined where the part is none, or all. */
export function partOf(
  lease: Lease,
  verdict: Verdict,
  known: typeof partArb extends fc.Arbitrary<infer T> ? T : never,
): { settlement: Settlement; rest: Lease } | undefined {
  const isKnown = ({ kind }: Lease["records"][number], index: number): boolean =>
    typeof known === "number" ? index < known : kind === known;
  const records = lease.records.filter(isKnown);
  const rest = lease.records.filter((record, index) => !isKnown(record, index));
  if (records.length === 0 || rest.length === 0) return undefined;
  const keeps = RECORD_KINDS.filter((kind) => rest.some((record) => record.kind === kind));
  const { next: _last, ...settlement } = settlementOf({ ...lease, records }, verdict);
  return { settlement: { ...settlement, keeps }, rest: { ...lease, records: rest } };
}
