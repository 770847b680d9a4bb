// Trace exports in both encodings, most of them a little wrong.
import { gzipSync } from "node:zlib";
import { protobufOf } from "../support/otlp-protobuf.ts";
import type { RawRequest } from "../support/raw-request.ts";
import type { Pools } from "./generate.ts";
import { mutateBytes, mutateValue } from "./mutate.ts";
import type { Random } from "./random.ts";

/** A trace export, mostly nearly right. */
function exportOf(random: Random): unknown {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => random.below(16).toString(16)).join("");
  const attribute = (): object => ({
    key: random.one(["session.id", "user.id", "langfuse.observation.input", "n", "list"]),
    value: random.one<object>([
      { stringValue: `chat-${random.below(8)}` },
      { intValue: String(random.below(9)) },
      { doubleValue: 0.5 },
      { bytesValue: "AQI=" },
      { arrayValue: { values: [{ boolValue: true }] } },
      { kvlistValue: { values: [{ key: "a", value: { stringValue: "b" } }] } },
    ]),
  });
  const some = <T>(make: () => T): T[] => Array.from({ length: random.below(4) }, make);
  const time = (): string => `${Date.now() - random.below(10_000)}000000`;
  const span = (): object => ({
    traceId: hex(32),
    spanId: hex(16),
    name: "chat",
    kind: random.below(6),
    startTimeUnixNano: time(),
    endTimeUnixNano: time(),
    attributes: some(attribute),
    events: some(() => ({ name: "e", timeUnixNano: time(), attributes: some(attribute) })),
    links: some(() => ({ traceId: hex(32), spanId: hex(16) })),
    status: { code: random.below(3), message: "m" },
  });
  const resource = { attributes: some(attribute) };
  return {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "s" }, spans: some(span) }] }],
  };
}

/** The export as protobuf, cut or bent, where it can be written as such at all. */
function protobufBody(value: unknown, random: Random): Uint8Array | undefined {
  try {
    const bytes = Buffer.from(protobufOf(value as object));
    return random.chance(0.4) ? mutateBytes(bytes, random) : bytes;
  } catch {
    return undefined;
  }
}

export function exportRequest(random: Random, { credentials, origins }: Pools): RawRequest {
  let value = exportOf(random);
  while (random.chance(0.35)) value = mutateValue(value, random);
  const protobuf = random.chance(0.5) ? protobufBody(value, random) : undefined;
  const plain = protobuf ?? Buffer.from(JSON.stringify(value) ?? "");
  const zipped = random.chance(0.3);
  const body = zipped ? gzipSync(plain) : plain;
  return {
    path: random.one(["/v1/traces", "/api/public/otel/v1/traces"]),
    headers: {
      "content-type": protobuf === undefined ? "application/json" : "application/x-protobuf",
      authorization: random.one(credentials),
      ...(random.chance(0.7) && { origin: random.one(origins) }),
      ...(zipped && { "content-encoding": "gzip" }),
    },
    body: random.chance(0.05) ? mutateBytes(body, random) : body,
    chunked: random.chance(0.1),
  };
}
