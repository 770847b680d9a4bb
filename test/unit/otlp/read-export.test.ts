import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTooDeep } from "../../../src/otlp/json.ts";
import { readExport } from "../../../src/otlp/read-export.ts";

const span = (fields: object = {}) => ({
  traceId: "t",
  spanId: "s",
  startTimeUnixNano: "1795348800000000000",
  ...fields,
});
const around = (...spans: unknown[]) => ({
  resourceSpans: [{ scopeSpans: [{ scope: { name: "mine" }, spans }] }],
});

describe("readExport", () => {
  it("gives each span what its siblings share", () => {
    const attributes = [{ key: "service.name", value: { stringValue: "svc" } }];
    const [resourceSpans] = around(span()).resourceSpans;
    const read = readExport({ resourceSpans: [{ ...resourceSpans, resource: { attributes } }] });
    expect(read).toMatchObject({ total: 1, invalid: 0, malformed: 0, reasons: [] });
    expect(read.spans).toMatchObject([
      { traceId: "t", spanId: "s", scope: "mine", resource: attributes, scopeAttributes: [] },
    ]);
  });

  it("counts the spans that are wrong and names each reason once", () => {
    const read = readExport(around(span(), span({ spanId: 7 }), span({ spanId: 8, kind: "x" })));
    expect(read).toMatchObject({ total: 3, invalid: 2, malformed: 0 });
    expect(read.reasons).toEqual(["spanId:not_an_id", "kind:not_a_kind"]);
  });

  it("tells what is wrong around the spans apart", () => {
    const read = readExport({
      resourceSpans: [{ resource: { attributes: {} }, scopeSpans: null }],
    });
    expect(read).toMatchObject({ total: 0, invalid: 0, malformed: 2 });
    expect(read.reasons).toEqual(["resource.attributes:not_an_array", "scopeSpans:not_an_array"]);
  });

  it("never throws, and never counts more wrong spans than there are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
        for (const payload of [one, around(one, two), { resourceSpans: [one, two] }]) {
          if (isTooDeep(payload)) continue;
          const { spans, total, invalid } = readExport(payload);
          expect(invalid).toBeLessThanOrEqual(total);
          expect(spans.length).toBeLessThanOrEqual(total);
        }
      }),
    );
  });
});
