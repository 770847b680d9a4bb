// The protobuf form of an OTLP trace export, decoded into the JSON form. The wire is read by a library that
// makes no code at run time, which a Worker forbids; the table below says what the fields are, all of
// OTLP 1.10's trace messages. Unknown fields, and such of another wire type, are skipped as protobuf
// demands. Throws on bytes that are no protobuf. No I/O.
import { Buffer } from "node:buffer";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { JsonObject } from "./json.ts";

/** Deepest nesting of messages: each level is a call. Protobuf's own readers stop at 100. */
const MAX_MESSAGE_DEPTH = 200;

/**
 * Most messages in an export: an attribute is two, and one that says something takes ten bytes. Empty ones take two
 * bytes, and thirty times as much when they are read.
 */
const MAX_MESSAGES = 500_000;

/** How deep a message stands, and how many were read so far, in all of the export. */
interface Place {
  depth: number;
  count: { messages: number };
}
type Read = (reader: BinaryReader, place: Place) => unknown;
interface Field {
  name: string;
  wire: WireType;
  read: Read;
  repeated?: true;
}
/** Fields by their numbers. */
type Shape = ReadonlyMap<number, Field>;

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
/** Bytes that are no UTF-8 become U+FFFD: they harm nothing beside them. */
const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes);

const { Varint, Bit64, Bit32, LengthDelimited } = WireType;
type Column = Omit<Field, "name">;
const text: Column = { wire: LengthDelimited, read: (reader) => reader.string() };
const encoded = (encoding: "hex" | "base64"): Column => ({
  wire: LengthDelimited,
  read: (reader) => {
    const { buffer, byteOffset, byteLength } = reader.bytes();
    return Buffer.from(buffer, byteOffset, byteLength).toString(encoding);
  },
});
const id = encoded("hex");
const nanos: Column = { wire: Bit64, read: (reader) => String(reader.fixed64()) };
const count: Column = { wire: Varint, read: (reader) => reader.uint32() };
const flags: Column = { wire: Bit32, read: (reader) => reader.fixed32() };

function message(shape: () => Shape): Column {
  return {
    wire: LengthDelimited,
    read: (outer, { depth, count }) => {
      if (depth >= MAX_MESSAGE_DEPTH) throw new RangeError("nested too deeply");
      count.messages += 1;
      if (count.messages > MAX_MESSAGES) throw new RangeError("too many messages");
      const reader = new BinaryReader(outer.bytes(), decodeText);
      return readMessage(reader, shape(), { depth: depth + 1, count });
    },
  };
}
const each = (column: Column): Column => ({ ...column, repeated: true });

function readMessage(reader: BinaryReader, shape: Shape, place: Place): JsonObject {
  const read: Record<string, unknown> = {};
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const field = shape.get(number);
    if (field === undefined || field.wire !== wire) {
      reader.skip(wire, number);
      continue;
    }
    const value = field.read(reader, place);
    if (reader.pos > reader.len) throw new RangeError("a value beyond its message");
    const { name, repeated } = field;
    if (repeated !== true) read[name] = value;
    else if (Array.isArray(read[name])) read[name].push(value);
    else read[name] = [value];
  }
  return read;
}

function shapeOf(fields: Readonly<Record<number, readonly [name: string, Column]>>): Shape {
  return new Map(
    Object.entries(fields).map(([number, [name, column]]) => [Number(number), { name, ...column }]),
  );
}

const anyValue = message(() => ANY_VALUE);
const attribute = each(message(() => KEY_VALUE));
const ANY_VALUE = shapeOf({
  1: ["stringValue", text],
  2: ["boolValue", { wire: Varint, read: (reader) => reader.bool() }],
  3: ["intValue", { wire: Varint, read: (reader) => String(reader.int64()) }],
  4: ["doubleValue", { wire: Bit64, read: (reader) => reader.double() }],
  5: ["arrayValue", message(() => ARRAY)],
  6: ["kvlistValue", message(() => KEY_VALUES)],
  7: ["bytesValue", encoded("base64")],
});
const KEY_VALUE = shapeOf({ 1: ["key", text], 2: ["value", anyValue] });
const ARRAY = shapeOf({ 1: ["values", each(anyValue)] });
const KEY_VALUES = shapeOf({ 1: ["values", attribute] });

const EVENT = shapeOf({
  1: ["timeUnixNano", nanos],
  2: ["name", text],
  3: ["attributes", attribute],
  4: ["droppedAttributesCount", count],
});
const LINK = shapeOf({
  1: ["traceId", id],
  2: ["spanId", id],
  3: ["traceState", text],
  4: ["attributes", attribute],
  5: ["droppedAttributesCount", count],
  6: ["flags", flags],
});
const STATUS = shapeOf({ 2: ["message", text], 3: ["code", count] });
const SPAN = shapeOf({
  1: ["traceId", id],
  2: ["spanId", id],
  3: ["traceState", text],
  4: ["parentSpanId", id],
  5: ["name", text],
  6: ["kind", count],
  7: ["startTimeUnixNano", nanos],
  8: ["endTimeUnixNano", nanos],
  9: ["attributes", attribute],
  10: ["droppedAttributesCount", count],
  11: ["events", each(message(() => EVENT))],
  12: ["droppedEventsCount", count],
  13: ["links", each(message(() => LINK))],
  14: ["droppedLinksCount", count],
  15: ["status", message(() => STATUS)],
  16: ["flags", flags],
});
const SCOPE = shapeOf({
  1: ["name", text],
  2: ["version", text],
  3: ["attributes", attribute],
  4: ["droppedAttributesCount", count],
});
const SCOPE_SPANS = shapeOf({
  1: ["scope", message(() => SCOPE)],
  2: ["spans", each(message(() => SPAN))],
  3: ["schemaUrl", text],
});
const ENTITY = shapeOf({
  1: ["schemaUrl", text],
  2: ["type", text],
  3: ["idKeys", each(text)],
  4: ["descriptionKeys", each(text)],
});
const RESOURCE = shapeOf({
  1: ["attributes", attribute],
  2: ["droppedAttributesCount", count],
  3: ["entityRefs", each(message(() => ENTITY))],
});
const RESOURCE_SPANS = shapeOf({
  1: ["resource", message(() => RESOURCE)],
  2: ["scopeSpans", each(message(() => SCOPE_SPANS))],
  3: ["schemaUrl", text],
});
const EXPORT = shapeOf({ 1: ["resourceSpans", each(message(() => RESOURCE_SPANS))] });

/** An `ExportTraceServiceRequest` in OTLP's JSON form. */
export function decodeExport(bytes: Uint8Array): JsonObject {
  return readMessage(new BinaryReader(bytes, decodeText), EXPORT, {
    depth: 0,
    count: { messages: 0 },
  });
}
