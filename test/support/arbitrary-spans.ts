// Spans as an OpenTelemetry exporter may finish them, with everything that a span can carry.
import fc from "fast-check";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
export const hexOf = (length: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: length / 2, maxLength: length / 2 })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Buffer.from(bytes).toString("hex"));

const int64 = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) =>
    Number.isSafeInteger(Number(value)) ? { intValue: Number(value) } : { intValue: String(value) },
  );
const leaf = fc.oneof(
  text.map((stringValue) => ({ stringValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.maxSafeInteger().map((intValue) => ({ intValue })),
  int64,
  // JSON has no negative zero.
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((doubleValue) => ({ doubleValue: doubleValue === 0 ? 0 : doubleValue })),
  fc
    .uint8Array({ maxLength: 6 })
    .map((bytes) => ({ bytesValue: Buffer.from(bytes).toString("base64") })),
);

export const attributesArb: fc.Arbitrary<{ key: string; value: object }[]> = fc.letrec<{
  value: object;
  list: { key: string; value: object }[];
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    tie("list").map((values) => ({ kvlistValue: { values } })),
  ),
  list: fc.uniqueArray(fc.record({ key: name, value: tie("value") }), {
    maxLength: 4,
    selector: ({ key }) => key,
  }),
})).list;

const START = 1_795_348_800_000_000_000n;
const nanos = fc.bigInt({ min: 0n, max: 10_000_000_000n }).map((offset) => String(START + offset));
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const some = fc.array(fc.constant(0), { maxLength: 0 });

/** The list where it has something in it: an empty one says nothing. */
const filled = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[] | undefined> =>
  fc.array(item, { maxLength }).map((list) => (list.length > 0 ? list : undefined));
const attributesOrNone = fc
  .oneof(attributesArb, some)
  .map((list) => (list.length > 0 ? list : undefined));

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

const event = fc
  .record({
    timeUnixNano: nanos,
    name: text,
    attributes: attributesOrNone,
    droppedAttributesCount: fc.option(count, { nil: undefined }),
  })
  .map(defined);
const link = fc
  .record({
    traceId: hexOf(32),
    spanId: hexOf(16),
    traceState: fc.option(name, { nil: undefined }),
    attributes: attributesOrNone,
    droppedAttributesCount: fc.option(count, { nil: undefined }),
    flags: fc.option(count, { nil: undefined }),
  })
  .map(defined);

/** In the form in which the edge writes one: what says nothing is left out. */
export const spanArb = fc
  .record({
    traceId: hexOf(32),
    spanId: hexOf(16),
    traceState: fc.option(name, { nil: undefined }),
    parentSpanId: fc.option(hexOf(16), { nil: undefined }),
    flags: fc.option(count, { nil: undefined }),
    name: text,
    kind: fc.nat(5),
    times: fc.tuple(nanos, nanos).map((pair) => pair.toSorted()),
    attributes: attributesArb,
    droppedAttributesCount: fc.option(count, { nil: undefined }),
    events: filled(event, 2),
    droppedEventsCount: fc.option(count, { nil: undefined }),
    links: filled(link, 2),
    droppedLinksCount: fc.option(count, { nil: undefined }),
    status: fc
      .record({ code: fc.nat(2), message: fc.option(name, { nil: undefined }) })
      .map(defined),
  })
  .filter(({ spanId, parentSpanId }) => spanId !== parentSpanId)
  .map(({ times: [startTimeUnixNano = "", endTimeUnixNano = ""], ...span }) =>
    defined({ ...span, startTimeUnixNano, endTimeUnixNano }),
  );

export const originArb = fc.record({
  resource: fc
    .record({
      resource: fc.record({ attributes: attributesOrNone }).map(defined),
      schemaUrl: fc.option(name, { nil: undefined }),
    })
    .map(defined),
  scope: fc
    .record({
      scope: fc
        .record({
          name,
          version: fc.option(name, { nil: undefined }),
          attributes: attributesOrNone,
        })
        .map(defined),
      schemaUrl: fc.option(name, { nil: undefined }),
    })
    .map(defined),
});

/** An export of these spans, all below one resource and scope. */
export const exportOf = (
  spans: readonly object[],
  { resource = {}, scope = {} }: { resource?: object; scope?: object } = {},
) => ({ resourceSpans: [{ ...resource, scopeSpans: [{ ...scope, spans }] }] });
