import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstNull } from "../../../src/otlp/attributes.ts";
import { hasLoneSurrogate } from "../../../src/otlp/json.ts";
import { safeSpan } from "../../../src/otlp/safe-span.ts";
import { spanArb } from "../../support/arbitrary-spans.ts";

const NOW = Date.UTC(2026, 10, 28);
const START = "1795800000000000000";
const END = "1795800001000000000";
const SPAN = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  name: "chat",
  kind: 1,
  startTimeUnixNano: START,
  endTimeUnixNano: END,
};

function read(raw: unknown): { span: ReturnType<typeof safeSpan>; notes: string[] } {
  const notes: string[] = [];
  return { span: safeSpan(raw, NOW, (text) => notes.push(text)), notes };
}

describe("a span", () => {
  it("that is right comes out as it went in, without a note", () => {
    fc.assert(
      fc.property(spanArb, (span) => {
        expect(read(span)).toEqual({ span, notes: [] });
      }),
    );
  });

  it("of any shape comes out safe, or names its fault", () => {
    const value = fc.oneof(
      fc.anything({ withNullPrototype: false }),
      fc.constantFrom(null, "", "0", START, [], {}, "\ud800", [null], [{}]),
    );
    const fields = Object.keys({ ...SPAN, parentSpanId: 0, attributes: 0, events: 0, links: 0 });
    const odd = fc.dictionary(fc.constantFrom(...fields, "status", "flags", "traceState"), value);
    fc.assert(
      fc.property(odd, (fields) => {
        const { span } = read({ ...SPAN, ...fields });
        if ("fault" in span) {
          expect(span.fault.message).toMatch(/^\w+: \w/);
          return;
        }
        expect(JSON.parse(JSON.stringify(span))).toEqual(span);
        const lists = [span, ...(span.events ?? []), ...(span.links ?? [])];
        for (const { attributes } of lists) expect(firstNull(attributes ?? [])).toBeUndefined();
        expect(hasLoneSurrogate(span)).toBe(false);
        expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ["no object", [], "span"],
    ["no trace", { ...SPAN, traceId: undefined }, "traceId"],
    ["a trace of zeros", { ...SPAN, traceId: "0".repeat(32) }, "traceId"],
    ["a trace that is no text", { ...SPAN, traceId: 7 }, "traceId"],
    ["an empty id", { ...SPAN, spanId: "" }, "spanId"],
    ["an id out of bounds", { ...SPAN, spanId: "x".repeat(201) }, "spanId"],
    ["attributes that are no list", { ...SPAN, attributes: {} }, "attributes"],
    ["events that are no list", { ...SPAN, events: "x" }, "events"],
    ["a name that is no text", { ...SPAN, name: {} }, "name"],
    ["a time in words", { ...SPAN, startTimeUnixNano: "today" }, "startTimeUnixNano"],
    ["a negative time", { ...SPAN, endTimeUnixNano: -1 }, "endTimeUnixNano"],
  ])("with %s is refused", (_, raw, path) => {
    expect(read(raw).span).toMatchObject({ fault: { path } });
  });

  it.each<[string, object, object, string]>([
    [
      "no start, which takes the end's",
      { startTimeUnixNano: "0" },
      { startTimeUnixNano: END, endTimeUnixNano: END },
      "startTimeUnixNano: not a believable time, filled in",
    ],
    [
      "no end, which takes the start's",
      { endTimeUnixNano: undefined },
      { startTimeUnixNano: START, endTimeUnixNano: START },
      "endTimeUnixNano: not a believable time, set to the start",
    ],
    [
      "an end before its start",
      { startTimeUnixNano: END, endTimeUnixNano: START },
      { startTimeUnixNano: END, endTimeUnixNano: END },
      "endTimeUnixNano: before the start, set to it",
    ],
    [
      "times of the far future",
      { startTimeUnixNano: "18000000000000000000", endTimeUnixNano: "18000000000000000000" },
      { startTimeUnixNano: `${NOW}000000`, endTimeUnixNano: `${NOW}000000` },
      "startTimeUnixNano: not a believable time, filled in",
    ],
    [
      "an event at no time",
      { events: [{ name: "e", timeUnixNano: 0 }] },
      { events: [{ name: "e", timeUnixNano: START }] },
      "event: not a believable time, set to the span's start",
    ],
    ["a link to nothing", { links: [{ traceId: "a" }] }, {}, "link: without ids, left out"],
    [
      "an attribute of null",
      { attributes: [{ key: "a", value: null }] },
      { attributes: [] },
      "attribute a: null, left out",
    ],
    [
      "a key twice",
      {
        attributes: [
          { key: "a", value: { intValue: 1 } },
          { key: "a", value: { intValue: 2 } },
          { value: { intValue: 3 } },
        ],
      },
      { attributes: [{ key: "a", value: { intValue: 2 } }] },
      "attribute: an entry without a key left out",
    ],
  ])("with %s is mended, and says so", (_, fields, expected, note) => {
    const { span, notes } = read({ ...SPAN, ...fields });
    expect(span).toMatchObject(expected);
    expect(notes).toContain(note);
  });

  it("takes what other writers of JSON write", () => {
    const names = { kind: "SPAN_KIND_SERVER", status: { code: "STATUS_CODE_ERROR" } };
    expect(read({ ...SPAN, ...names }).span).toMatchObject({ kind: 2, status: { code: 2 } });
    const zeros = { parentSpanId: "0000000000000000", traceState: "", links: null };
    const { span } = read({ ...SPAN, ...zeros, startTimeUnixNano: 1_795_800_000_000_000_000 });
    expect(span).not.toHaveProperty("parentSpanId");
    expect(span).toMatchObject({ startTimeUnixNano: START });
  });
});
