// The protobuf form of an OTLP trace export, decoded into the JSON form: the Python SDK sends it.
// Only the fields that Langfuse reads; unknown ones are skipped as protobuf demands. Throws on bytes
// that are no protobuf. No I/O.
import { Buffer } from "node:buffer";
import type { JsonObject } from "./json.ts";

type Value = bigint | Uint8Array;
interface Field {
  number: number;
  value: Value;
}

const MALFORMED = "malformed protobuf";

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (at > bytes.length) throw new Error(MALFORMED);
    return from;
  };
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[take(1)] ?? 0;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw new Error(MALFORMED);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) throw new Error(MALFORMED);
    if (wire === 0) yield { number, value: varint() };
    else if (wire === 1) yield { number, value: view.getBigUint64(take(8), true) };
    else if (wire === 5) yield { number, value: BigInt(view.getUint32(take(4), true)) };
    else if (wire === 2) {
      const length = Number(varint());
      yield { number, value: bytes.subarray(take(length), at) };
    } else throw new Error(MALFORMED);
  }
}

type Reader<T = unknown> = (value: Value) => T;
/** By field number: the JSON name, how to read it, and whether it repeats. */
type Shape = Readonly<Record<number, readonly [name: string, read: Reader, repeated?: true]>>;

const bytesOf = (value: Value): Uint8Array => {
  if (typeof value === "bigint") throw new Error(MALFORMED);
  return value;
};
const intOf = (value: Value): bigint => {
  if (typeof value !== "bigint") throw new Error(MALFORMED);
  return value;
};
const text: Reader = (value) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(value));
const hex: Reader = (value) => Buffer.from(bytesOf(value)).toString("hex");
const base64: Reader = (value) => Buffer.from(bytesOf(value)).toString("base64");
const nanos: Reader = (value) => intOf(value).toString();
const number: Reader = (value) => Number(intOf(value));
const double: Reader = (value) =>
  new DataView(BigUint64Array.of(intOf(value)).buffer).getFloat64(0, true);

function message(shape: Shape): Reader<JsonObject> {
  return (value) => {
    const read: Record<string, unknown> = {};
    for (const field of fieldsOf(bytesOf(value))) {
      const known = shape[field.number];
      if (known === undefined) continue;
      const [name, reader, repeated] = known;
      const item = reader(field.value);
      if (repeated !== true) read[name] = item;
      else if (Array.isArray(read[name])) read[name].push(item);
      else read[name] = [item];
    }
    return read;
  };
}

const anyValue: Reader = (value) => readAnyValue(value);
const keyValue = message({ 1: ["key", text], 2: ["value", anyValue] });
const readAnyValue = message({
  1: ["stringValue", text],
  2: ["boolValue", (value) => intOf(value) !== 0n],
  3: ["intValue", (value) => BigInt.asIntN(64, intOf(value)).toString()],
  4: ["doubleValue", double],
  5: ["arrayValue", message({ 1: ["values", anyValue, true] })],
  6: ["kvlistValue", message({ 1: ["values", keyValue, true] })],
  7: ["bytesValue", base64],
});

const readExport = message({
  1: [
    "resourceSpans",
    message({
      1: ["resource", message({ 1: ["attributes", keyValue, true] })],
      2: [
        "scopeSpans",
        message({
          1: ["scope", message({ 1: ["name", text], 2: ["version", text] })],
          2: [
            "spans",
            message({
              1: ["traceId", hex],
              2: ["spanId", hex],
              4: ["parentSpanId", hex],
              5: ["name", text],
              6: ["kind", number],
              7: ["startTimeUnixNano", nanos],
              8: ["endTimeUnixNano", nanos],
              9: ["attributes", keyValue, true],
              11: [
                "events",
                message({
                  1: ["timeUnixNano", nanos],
                  2: ["name", text],
                  3: ["attributes", keyValue, true],
                }),
                true,
              ],
              15: ["status", message({ 2: ["message", text], 3: ["code", number] })],
            }),
            true,
          ],
        }),
        true,
      ],
    }),
    true,
  ],
});

/** An `ExportTraceServiceRequest` in OTLP's JSON form. */
export function decodeExport(bytes: Uint8Array): JsonObject {
  return readExport(bytes);
}
