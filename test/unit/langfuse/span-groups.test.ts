import fc from "fast-check";
import { expect, it } from "vitest";
import {
  encode,
  envelopeBytes,
  groupBytes,
  partOf,
  requestBody,
} from "../../../src/langfuse/encode.ts";
import { toOtlp } from "../../../src/langfuse/to-otlp.ts";
import type { SpanOrigin, SpanRecord } from "../../../src/protocol/record.ts";
import { originArb, spanArb } from "../../support/arbitrary-spans.ts";
import { looseObservation } from "./arbitrary-records.ts";

const originOf = ({ resource, scope }: { resource: object; scope: object }): SpanOrigin => ({
  resource: JSON.stringify(resource),
  scope: JSON.stringify(scope),
});
const origins = fc.array(originArb.map(originOf), { minLength: 1, maxLength: 3 });
const record = (span: object, origin: string): SpanRecord => ({
  kind: "observation",
  ordinal: -1,
  actions: 1,
  size: 1,
  traceId: "t",
  id: "s",
  name: "n",
  startTime: 0,
  span: JSON.stringify(span),
  origin,
});

interface Group {
  resource: string;
  scope: string;
  spans: unknown[];
}

/** What a body says: each span below its resource and scope. */
function groupsIn(body: string): Group[] {
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: Record<string, unknown>[] };
  return resourceSpans.flatMap(({ scopeSpans, ...resource }) =>
    (scopeSpans as Record<string, unknown>[]).map(({ spans, ...scope }) => ({
      resource: JSON.stringify(resource),
      scope: JSON.stringify(scope),
      spans: spans as unknown[],
    })),
  );
}

const mixed = fc.tuple(
  origins,
  fc.array(
    fc.oneof(
      looseObservation.map((own) => ({ own })),
      fc.record({ span: spanArb, of: fc.nat(2) }),
    ),
    { minLength: 1, maxLength: 6 },
  ),
);

it("each span stands below its own resource and scope, and each of these once", () => {
  fc.assert(
    fc.property(mixed, ([known, items]) => {
      const named = Object.fromEntries(known.map((origin, index) => [String(index), origin]));
      const expected = new Map<string, unknown[]>();
      const records = items.map((item) => {
        if ("own" in item) return item.own;
        const index = item.of % known.length;
        const { resource = "", scope = "" } = known[index] ?? {};
        const key = `${resource} ${scope}`;
        expected.set(key, [...(expected.get(key) ?? []), item.span]);
        return record(item.span, String(index));
      });
      const encoded = records.map((one) => encode(one, named));
      const body = requestBody("observation", encoded.map(partOf));
      const own = items.flatMap((item) => ("own" in item ? [item.own] : []));
      const groups = groupsIn(body);
      const [ours] = groupsIn(JSON.stringify(toOtlp(own)));
      const theirs = own.length > 0 ? groups.slice(1) : groups;
      if (own.length > 0) expect(groups[0]).toEqual(ours);
      const found = theirs.map(({ resource, scope, spans }) => [`${resource} ${scope}`, spans]);
      expect(new Map(found as [string, unknown[]][])).toEqual(expected);
      const resources = theirs.map(({ resource }) => resource);
      expect(new Set(resources).size).toBeLessThanOrEqual(known.length);
      const bytes = encoded.reduce((sum, one) => sum + one.bytes + 1, groupBytes(encoded));
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(bytes + envelopeBytes("observation"));
    }),
  );
});

it("a span whose resource did not come with its lease can't be written", () => {
  expect(() => encode(record({}, "gone"))).toThrow("a span without its resource");
});
