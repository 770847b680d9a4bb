// Records as a session may seal them, and worse: absent, undefined and null fields, any text.
import fc from "fast-check";
import { LEVELS, OBSERVATION_TYPES } from "../../../src/protocol/change.ts";
import type { ObservationRecord, ScoreRecord } from "../../../src/protocol/record.ts";

/** Any UTF-16, lone surrogates too. */
const text = fc.string({ unit: "binary" }).map((value) => value.slice(0, 40));
const anyUtf16 = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));
const words = fc.oneof(text, anyUtf16);
const json = fc.json({ maxDepth: 2 });
const time = fc.integer({ min: 946_684_800_000, max: 2_000_000_000_000 });
const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef".split("")), {
      minLength: length,
      maxLength: length,
    })
    .map((digits) => digits.join(""));
const pairs = fc.array(fc.tuple(words, words), { maxLength: 5 });

/** Present, absent, undefined or null: whatever types say, storage and older versions may differ. */
const loose = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.option(fc.option(arbitrary, { nil: undefined }), { nil: null });

const fields = fc.record(
  {
    input: loose(fc.oneof(words, json)),
    output: loose(fc.oneof(words, json)),
    level: loose(fc.constantFrom(...LEVELS)),
    statusMessage: loose(words),
    version: loose(words),
    model: loose(words),
    modelParameters: loose(json),
    usageDetails: loose(json),
    costDetails: loose(json),
    completionStartTime: loose(time),
    promptName: loose(words),
    promptVersion: loose(fc.oneof(fc.nat(), fc.double({ noNaN: true }))),
  },
  { requiredKeys: [] },
);

const trace = fc.record(
  {
    name: loose(words),
    sessionId: loose(words),
    userId: loose(words),
    release: loose(words),
    version: loose(words),
    environment: loose(words),
    public: loose(fc.boolean()),
    tags: loose(fc.array(loose(words))),
    metadata: loose(pairs),
  },
  { requiredKeys: [] },
);

export const looseObservation: fc.Arbitrary<ObservationRecord> = fc
  .record({
    ordinal: fc.nat(),
    actions: fc.nat(),
    size: fc.nat(10_000),
    kind: fc.constant("observation"),
    traceId: fc.oneof(hex(32), words),
    id: hex(16),
    parentId: loose(hex(16)),
    root: loose(fc.constant(true)),
    type: fc.constantFrom(...OBSERVATION_TYPES),
    name: words,
    startTime: time,
    duration: fc.integer({ min: 0, max: 600_000_000 }),
    fields,
    metadata: pairs,
    trace,
  })
  .map(({ duration, ...record }) => {
    const untyped: unknown = { ...record, endTime: record.startTime + duration / 1000 };
    return untyped as ObservationRecord;
  });

export const scoreRecord: fc.Arbitrary<ScoreRecord> = fc
  .record({
    ordinal: fc.nat(),
    actions: fc.constant(1),
    size: fc.nat(10_000),
    kind: fc.constant("score" as const),
    id: hex(32),
    timestamp: time,
    name: words,
    value: fc.oneof(words, fc.double({ noNaN: true, noDefaultInfinity: true })),
  })
  .map(({ name, value, ...record }) => ({
    ...record,
    body: JSON.stringify({ id: record.id, traceId: "t", name, value }),
  }));
