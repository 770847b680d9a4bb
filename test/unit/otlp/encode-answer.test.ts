import { describe, expect, it } from "vitest";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { encodeResponse, encodeStatus } from "../../../src/otlp/encode-answer.ts";

const PARTIAL = { rejectedSpans: 2, errorMessage: "2 of 5 spans refused: é" };
const STATUS = { code: 3, message: "the body is none", reason: "invalid_json" };

/** A message's fields, in order; the values of those with a length as bytes. */
function fieldsOf(bytes: string | Uint8Array): [number, number | Uint8Array][] {
  if (typeof bytes === "string") throw new TypeError("text");
  const reader = new BinaryReader(bytes);
  const fields: [number, number | Uint8Array][] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    fields.push([number, wire === WireType.Varint ? reader.uint32() : reader.bytes()]);
  }
  return fields;
}
const textOf = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);

describe("an answer", () => {
  it("of success says nothing", () => {
    expect(encodeResponse("json", undefined)).toBe("{}");
    expect(encodeResponse("protobuf", undefined)).toHaveLength(0);
  });

  it("of partial success counts spans, as text in JSON", () => {
    const json = encodeResponse("json", PARTIAL);
    expect(JSON.parse(String(json))).toEqual({
      partialSuccess: { rejectedSpans: "2", errorMessage: PARTIAL.errorMessage },
    });
    const [partial] = fieldsOf(encodeResponse("protobuf", PARTIAL));
    const [count, words] = fieldsOf(partial?.[1] as Uint8Array);
    expect([partial?.[0], count, words?.[0]]).toEqual([1, [1, 2], 2]);
    expect(textOf(words?.[1])).toBe(PARTIAL.errorMessage);
  });

  it("of an error is a google.rpc.Status, with our own code as its reason", () => {
    expect(JSON.parse(String(encodeStatus("json", STATUS)))).toEqual({
      code: 3,
      message: STATUS.message,
      error: STATUS.message,
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "invalid_json",
          domain: "langfuse-edge",
        },
      ],
    });
    const [code, message, detail] = fieldsOf(encodeStatus("protobuf", STATUS));
    expect(code).toEqual([1, 3]);
    expect([message?.[0], textOf(message?.[1])]).toEqual([2, STATUS.message]);
    const [type, info] = fieldsOf(detail?.[1] as Uint8Array);
    expect([type?.[0], textOf(type?.[1])]).toEqual([1, "type.googleapis.com/google.rpc.ErrorInfo"]);
    const texts = fieldsOf(info?.[1] as Uint8Array).map(([, value]) => textOf(value));
    expect([detail?.[0], info?.[0], texts]).toEqual([3, 2, ["invalid_json", "langfuse-edge"]]);
  });
});
