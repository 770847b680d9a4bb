import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attributes,
  batchRequest,
  bytesOf,
  CHILD,
  exportOf,
  otlpRequest,
  ROOT,
  scoreEvent,
  span,
  TRACE,
} from "../exports.ts";
import { judge } from "./judging.ts";

describe("never throws and is never kinder", () => {
  const anything = fc.json({ maxDepth: 6 });
  const loose = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, undefined, 0, "", "x", "\ud800", true, TRACE),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          "key",
          "value",
          "values",
          "stringValue",
          "arrayValue",
          "kvlistValue",
          "spans",
          "attributes",
          "scope",
          "name",
        ),
        tie("value"),
      ),
    ),
  })).value;

  it("whatever the bytes are", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("otlp" as const, "ingestion" as const),
        fc.constantFrom("application/json", "application/x-protobuf"),
        fc.oneof(fc.uint8Array({ maxLength: 200 }), anything.map(bytesOf)),
        (api, contentType, body) => {
          const verdict = judge({ api, access: "full", contentType, body });
          expect([200, 207, 400]).toContain(verdict.status);
        },
      ),
    );
  });

  it("whatever stands where a span, an attribute or an event should be", () => {
    fc.assert(
      fc.property(loose, loose, loose, (one, two, three) => {
        const odd = exportOf(
          one,
          span({ attributes: two, events: three }),
          span({ attributes: [two] }),
        );
        const verdict = judge(otlpRequest(odd));
        expect(verdict.status === 200 || verdict.kept.length === 0).toBe(true);
        expect(JSON.stringify(verdict.findings).isWellFormed()).toBe(true);
        expect(
          judge(batchRequest([one, scoreEvent({ id: two, name: "n", value: three })])).status,
        ).toBe(207);
      }),
    );
  });

  it("a nesting that would overflow the stack is refused", () => {
    const deep = `${'{"a":['.repeat(50_000)}${"]}".repeat(50_000)}`;
    const body = JSON.stringify(exportOf(span())).replace('"a span"', deep);
    expect(judge(otlpRequest(body)).status).toBe(400);
    expect(judge(batchRequest([], { body: bytesOf(`{"batch":[${deep}]}`) })).status).toBe(400);
  });

  it("does not lose a good span to its neighbour's times", () => {
    const verdict = judge(
      otlpRequest(
        exportOf(
          span({ endTimeUnixNano: "0" }),
          span({ spanId: CHILD, parentSpanId: ROOT, attributes: attributes({}) }),
        ),
      ),
    );
    expect(verdict.kept).toHaveLength(2);
  });
});
