import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readExport } from "../../../src/otlp/read-export.ts";
import { readObservation } from "../../../src/dev/sink/view/observation.ts";
import { decodeExport } from "../../../src/otlp/decode-protobuf.ts";
import { exportOf, originArb, spanArb } from "../../support/arbitrary-spans.ts";
import { protobufOf } from "../../support/otlp-protobuf.ts";

/** One span, written by OpenTelemetry's own ProtobufTraceSerializer and JsonTraceSerializer. */
const PROTOBUF =
  "CukCChkKFQoMc2VydmljZS5uYW1lEgUKA3N2YxAAEssCChYKDGxhbmdmdXNlLXNkaxIGNS4xMS4xErACChAK92UZFs1D3YRI6yEcgDGcEgi3rWtxaSAzMSIIAPBnqgupArcqB3BiLXNwYW4wATnAVChj/R7pGEFAlbqX/R7pGEopChlsYW5nZnVzZS5vYnNlcnZhdGlvbi50eXBlEgwKCmdlbmVyYXRpb25KKwoabGFuZ2Z1c2Uub2JzZXJ2YXRpb24uaW5wdXQSDQoLaMOpbGxvIPCfmYJKCwoFbi5pbnQSAhgqShQKBW4ubmVnEgsY+f//////////AUoSCgVuLmRibBIJIQAAAAAAAPg/SgcKAWISAhABSiMKE2xhbmdmdXNlLnRyYWNlLnRhZ3MSDCoKCgMKAWEKAwoBYlAAWhkJAEK/Z/0e6RgSAmV2GggKAWsSAwoBdiAAYABwAHoHEgNiYWQYAoUBAQEAAA==";
const JSON_FORM =
  '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}],"droppedAttributesCount":0},"scopeSpans":[{"scope":{"name":"langfuse-sdk","version":"5.11.1"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","parentSpanId":"00f067aa0ba902b7","name":"pb-span","kind":1,"startTimeUnixNano":"1795000000123000000","endTimeUnixNano":"1795000001005000000","attributes":[{"key":"langfuse.observation.type","value":{"stringValue":"generation"}},{"key":"langfuse.observation.input","value":{"stringValue":"héllo 🙂"}},{"key":"n.int","value":{"intValue":"42"}},{"key":"n.neg","value":{"intValue":"-7"}},{"key":"n.dbl","value":{"doubleValue":1.5}},{"key":"b","value":{"boolValue":true}},{"key":"langfuse.trace.tags","value":{"arrayValue":{"values":[{"stringValue":"a"},{"stringValue":"b"}]}}}],"events":[{"attributes":[{"key":"k","value":{"stringValue":"v"}}],"name":"ev","timeUnixNano":"1795000000200000000"}],"status":{"code":2,"message":"bad"}}]}]}]}';

const bytes = Uint8Array.from(Buffer.from(PROTOBUF, "base64"));

describe("protobuf", () => {
  it("reads as the JSON form of the same span does", () => {
    const [fromProtobuf] = readExport(decodeExport(bytes)).spans;
    const [fromJson] = readExport(JSON.parse(JSON_FORM)).spans;
    expect(fromProtobuf?.span).toMatchObject(fromJson?.span ?? {});
    expect(fromProtobuf && readObservation(fromProtobuf)).toMatchObject({
      id: "b7ad6b7169203331",
      parentId: "00f067aa0ba902b7",
      type: "generation",
      level: "ERROR",
      statusMessage: "bad",
      input: "héllo 🙂",
      tags: ["a", "b"],
      latencyMs: 882,
    });
  });

  it("throws on every truncation", () => {
    const lengths = Array.from({ length: bytes.length - 1 }, (_unused, index) => index + 1);
    for (const length of lengths) expect(() => decodeExport(bytes.slice(0, length))).toThrow();
  });

  it("decodes nested values and bytes", () => {
    const text = (field: number, word: string) => [
      field * 8 + 2,
      word.length,
      ...Buffer.from(word),
    ];
    const part = (field: number, ...inner: number[]) => [field * 8 + 2, inner.length, ...inner];
    const entry = (key: string, ...value: number[]) => [...text(1, key), ...part(2, ...value)];
    const list = part(6, ...part(1, ...entry("inner", ...part(7, 1, 2, 255))));
    const span = part(2, ...part(9, ...entry("outer", ...list)), ...part(9, ...text(1, "none")));
    const decoded = decodeExport(Uint8Array.from(part(1, ...part(2, ...span))));
    expect(decoded).toEqual({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  attributes: [
                    {
                      key: "outer",
                      value: {
                        kvlistValue: { values: [{ key: "inner", value: { bytesValue: "AQL/" } }] },
                      },
                    },
                    { key: "none" },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("reads every field as it was written", () => {
    const spans = fc.array(spanArb, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(spans, originArb, (sent, origin) => {
        const exported = exportOf(sent, origin);
        const { resourceSpans } = decodeExport(protobufOf(exported));
        expect(normal(resourceSpans)).toEqual(normal(exported.resourceSpans));
      }),
    );
  });

  it("throws on any cut, or takes what is whole before it", () => {
    fc.assert(
      fc.property(spanArb, fc.double({ min: 0, max: 1, noNaN: true }), (span, share) => {
        const whole = protobufOf(exportOf([span]));
        const cut = whole.subarray(0, 1 + Math.floor(share * (whole.length - 2)));
        expect(() => decodeExport(cut)).toThrow();
      }),
    );
  });

  it("skips fields that it does not know, of every wire type, and known ones of another", () => {
    const unknown = [
      [0xf8, 0x07, 0x01], // 127, varint
      [0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8], // 127, 64 bits
      [0xfa, 0x07, 2, 1, 2], // 127, bytes
      [0xfb, 0x07, 0x08, 0x01, 0xfc, 0x07], // 127, a group
      [0xfd, 0x07, 1, 2, 3, 4], // 127, 32 bits
      [0x08, 0x01], // resourceSpans as a number
    ];
    const bytesOf = Uint8Array.from([...unknown.flat(), 0x0a, 0x00]);
    expect(decodeExport(bytesOf)).toEqual({ resourceSpans: [{}] });
  });

  it("throws on what nests deeper than anybody means", () => {
    let value: object = { stringValue: "deep" };
    for (let depth = 0; depth < 200; depth += 1) value = { arrayValue: { values: [value] } };
    const attributes = [{ key: "k", value }];
    expect(() => decodeExport(protobufOf(exportOf([{ attributes }])))).toThrow("nested");
  });

  it("reads bytes that are no UTF-8 as text even so", () => {
    const sent = protobufOf(exportOf([{ name: "ab" }]));
    sent[sent.length - 1] = 0xff;
    const read = JSON.stringify(decodeExport(sent));
    expect(read).toContain("a\ufffd");
  });
});

/** An int64 is text here, and an empty list of attributes nothing. */
function normal(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) => {
      if (key === "intValue") return String(item);
      return Array.isArray(item) && item.length === 0 ? undefined : item;
    }),
  );
}
