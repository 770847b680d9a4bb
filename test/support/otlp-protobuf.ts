// A trace export in OTLP's JSON form as protobuf, for tests: field by field from OpenTelemetry's own .proto
// files, and apart from the table by which the edge reads it.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

type Message = Readonly<Record<string, unknown>>;
type Put = (writer: BinaryWriter, field: number, value: never) => void;

const bytesOf =
  (encoding: "hex" | "base64"): Put =>
  (writer, field, value: string) =>
    writer.tag(field, WireType.LengthDelimited).bytes(Buffer.from(value, encoding));
const string: Put = (writer, field, value: string) =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const uint32: Put = (writer, field, value: number) =>
  writer.tag(field, WireType.Varint).uint32(value);
const fixed32: Put = (writer, field, value: number) =>
  writer.tag(field, WireType.Bit32).fixed32(value);
const fixed64: Put = (writer, field, value: string) =>
  writer.tag(field, WireType.Bit64).fixed64(value);
const int64: Put = (writer, field, value: string | number) =>
  writer.tag(field, WireType.Varint).int64(value);
const double: Put = (writer, field, value: number) =>
  writer.tag(field, WireType.Bit64).double(value);
const bool: Put = (writer, field, value: boolean) => writer.tag(field, WireType.Varint).bool(value);

const message =
  (write: (writer: BinaryWriter, value: Message) => void): Put =>
  (writer, field, value: Message) => {
    writer.tag(field, WireType.LengthDelimited).fork();
    write(writer, value);
    writer.join();
  };

/** Writes those members that are there; a list member by member. */
const members =
  (fields: readonly (readonly [name: string, field: number, put: Put])[]) =>
  (writer: BinaryWriter, value: Message): void => {
    for (const [name, field, put] of fields) {
      const given = value[name];
      const items: unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
      for (const item of items) put(writer, field, item as never);
    }
  };

const anyValue: Put = message((writer, value) => writeAnyValue(writer, value));
const keyValue: Put = message(
  members([
    ["key", 1, string],
    ["value", 2, anyValue],
  ]),
);
const writeAnyValue = members([
  ["stringValue", 1, string],
  ["boolValue", 2, bool],
  ["intValue", 3, int64],
  ["doubleValue", 4, double],
  ["arrayValue", 5, message(members([["values", 1, anyValue]]))],
  ["kvlistValue", 6, message(members([["values", 1, keyValue]]))],
  ["bytesValue", 7, bytesOf("base64")],
]);
const event = message(
  members([
    ["timeUnixNano", 1, fixed64],
    ["name", 2, string],
    ["attributes", 3, keyValue],
    ["droppedAttributesCount", 4, uint32],
  ]),
);
const link = message(
  members([
    ["traceId", 1, bytesOf("hex")],
    ["spanId", 2, bytesOf("hex")],
    ["traceState", 3, string],
    ["attributes", 4, keyValue],
    ["droppedAttributesCount", 5, uint32],
    ["flags", 6, fixed32],
  ]),
);
const status = message(
  members([
    ["message", 2, string],
    ["code", 3, uint32],
  ]),
);
const span = message(
  members([
    ["traceId", 1, bytesOf("hex")],
    ["spanId", 2, bytesOf("hex")],
    ["traceState", 3, string],
    ["parentSpanId", 4, bytesOf("hex")],
    ["name", 5, string],
    ["kind", 6, uint32],
    ["startTimeUnixNano", 7, fixed64],
    ["endTimeUnixNano", 8, fixed64],
    ["attributes", 9, keyValue],
    ["droppedAttributesCount", 10, uint32],
    ["events", 11, event],
    ["droppedEventsCount", 12, uint32],
    ["links", 13, link],
    ["droppedLinksCount", 14, uint32],
    ["status", 15, status],
    ["flags", 16, fixed32],
  ]),
);
const scope = message(
  members([
    ["name", 1, string],
    ["version", 2, string],
    ["attributes", 3, keyValue],
    ["droppedAttributesCount", 4, uint32],
  ]),
);
const entity = message(
  members([
    ["schemaUrl", 1, string],
    ["type", 2, string],
    ["idKeys", 3, string],
    ["descriptionKeys", 4, string],
  ]),
);
const resource = message(
  members([
    ["attributes", 1, keyValue],
    ["droppedAttributesCount", 2, uint32],
    ["entityRefs", 3, entity],
  ]),
);
const scopeSpans = message(
  members([
    ["scope", 1, scope],
    ["spans", 2, span],
    ["schemaUrl", 3, string],
  ]),
);
const resourceSpans = message(
  members([
    ["resource", 1, resource],
    ["scopeSpans", 2, scopeSpans],
    ["schemaUrl", 3, string],
  ]),
);

export function protobufOf(exported: object): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  members([["resourceSpans", 1, resourceSpans]])(writer, exported as Message);
  return Uint8Array.from(writer.finish());
}
