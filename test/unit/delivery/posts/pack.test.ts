import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  batchBytes,
  FIRST_COUNT,
  halvesByBytes,
  halvesByCount,
  MAX_REQUEST_BYTES,
  pack,
  packGrowing,
  type PackLimits,
} from "../../../../src/delivery/posts/pack.ts";
import { encodedRecord, encodedRecords } from "./arbitrary-encoded.ts";

const limits = fc.record<PackLimits>({
  bytes: fc.integer({ min: 250, max: 2000 }),
  count: fc.record({
    observation: fc.integer({ min: 1, max: 6 }),
    score: fc.integer({ min: 1, max: 3 }),
  }),
});

describe("packing", () => {
  it("loses nothing, doubles nothing, and keeps the order of each kind", () => {
    fc.assert(
      fc.property(encodedRecords, limits, (given, bounds) => {
        const batches = pack(given.records, bounds);
        for (const kind of ["observation", "score"] as const) {
          const packed = batches.filter((batch) => batch.kind === kind);
          const expected = given.records.filter((one) => one.kind === kind);
          expect(packed.flatMap((batch) => batch.records)).toEqual(expected);
        }
        expect(batches.flatMap((batch) => batch.records)).toHaveLength(given.records.length);
      }),
    );
  });

  it("stays within the bounds; only a record too large by itself exceeds them, alone", () => {
    fc.assert(
      fc.property(encodedRecords, limits, (given, bounds) => {
        for (const batch of pack(given.records, bounds)) {
          expect(batch.records.length).toBeGreaterThan(0);
          expect(batch.records.length).toBeLessThanOrEqual(bounds.count[batch.kind]);
          if (batch.records.length > 1) expect(batchBytes(batch)).toBeLessThanOrEqual(bounds.bytes);
        }
      }),
    );
  });

  it("fills a request before it begins another", () => {
    fc.assert(
      fc.property(encodedRecords, limits, (given, bounds) => {
        const batches = pack(given.records, bounds);
        for (const [index, batch] of batches.entries()) {
          const next = batches[index + 1];
          const first = next?.records[0];
          if (next?.kind !== batch.kind || first === undefined) continue;
          const grown = { ...batch, records: [...batch.records, first] };
          const fits =
            grown.records.length <= bounds.count[batch.kind] && batchBytes(grown) <= bounds.bytes;
          expect(fits).toBe(false);
        }
      }),
    );
  });

  it("makes one request of many small sessions", () => {
    const many = Array.from({ length: 100 }, (_, lease) => encodedRecord(lease, 1, 2000));
    expect(pack(many)).toHaveLength(1);
    expect(MAX_REQUEST_BYTES).toBeLessThan(1_000_000);
  });
});

describe("halves", () => {
  const batch: fc.Arbitrary<Batch> = fc
    .array(fc.integer({ min: 1, max: 5000 }), { minLength: 2, maxLength: 30 })
    .map((sizes) => ({
      kind: "observation",
      records: sizes.map((bytes, ordinal) => encodedRecord(0, ordinal, bytes)),
    }));

  it.each([
    ["by bytes", halvesByBytes],
    ["by count", halvesByCount],
  ])("%s hold the whole in order, and neither is empty", (_name, halves) => {
    fc.assert(
      fc.property(batch, (whole) => {
        const [left, right] = halves(whole);
        expect([...left.records, ...right.records]).toEqual(whole.records);
        expect(Math.min(left.records.length, right.records.length)).toBeGreaterThan(0);
      }),
    );
  });

  it("by bytes part a large record from small ones", () => {
    const sizes = [10, 10, 5000, 10];
    const whole: Batch = {
      kind: "observation",
      records: sizes.map((bytes, ordinal) => encodedRecord(0, ordinal, bytes)),
    };
    expect(halvesByBytes(whole).map((half) => half.records.length)).toEqual([3, 1]);
  });
});

describe("packing for an isolate that has not seen an answer", () => {
  const oneKind = encodedRecords.map(({ records }) =>
    records.filter(({ kind }) => kind === "observation"),
  );

  it("loses nothing, keeps the order and the bounds", () => {
    fc.assert(
      fc.property(oneKind, limits, (given, bounds) => {
        const batches = packGrowing(given, bounds);
        expect(batches.flatMap(({ records }) => records)).toEqual(given);
        for (const batch of batches) {
          expect(batch.records.length).toBeLessThanOrEqual(bounds.count.observation);
          if (batch.records.length > 1) expect(batchBytes(batch)).toBeLessThanOrEqual(bounds.bytes);
        }
      }),
    );
  });

  it("begins with about a turn, and doubles", () => {
    const many = Array.from({ length: 100 }, (_, lease) => encodedRecord(lease, 1, 300));
    const counts = packGrowing(many).map(({ records }) => records.length);
    expect(counts).toEqual([FIRST_COUNT, 16, 32, 44]);
  });
});
