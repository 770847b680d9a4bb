// Answers to an OTLP exporter over HTTP, in either of its encodings: `ExportTraceServiceResponse`, and for an
// error `google.rpc.Status` with our stable code as its `ErrorInfo`. Pure.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

export type Encoding = "json" | "protobuf";

/** Spans that were refused, and why; nothing where all were taken. */
export interface PartialSuccess {
  rejectedSpans: number;
  errorMessage: string;
}

export interface RpcStatus {
  /** A `google.rpc.Code`. */
  code: number;
  message: string;
  /** Our own code of the error. */
  reason: string;
}

export const CONTENT_TYPE: Readonly<Record<Encoding, string>> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
};
const ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";
const DOMAIN = "langfuse-edge";

export function encodeResponse(
  encoding: Encoding,
  partial: PartialSuccess | undefined,
): string | Uint8Array {
  if (encoding === "json") {
    if (partial === undefined) return "{}";
    const { rejectedSpans, errorMessage } = partial;
    // An int64 is text in JSON.
    return JSON.stringify({
      partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage },
    });
  }
  const writer = new BinaryWriter();
  if (partial !== undefined) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(partial.rejectedSpans);
    writer.tag(2, WireType.LengthDelimited).string(partial.errorMessage);
    writer.join();
  }
  return writer.finish();
}

export function encodeStatus(
  encoding: Encoding,
  { code, message, reason }: RpcStatus,
): string | Uint8Array {
  if (encoding === "json") {
    const details = [{ "@type": ERROR_INFO, reason, domain: DOMAIN }];
    // Langfuse itself answers with its words in `error`.
    return JSON.stringify({ code, message, error: message, details });
  }
  const info = new BinaryWriter();
  info.tag(1, WireType.LengthDelimited).string(reason);
  info.tag(2, WireType.LengthDelimited).string(DOMAIN);
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(code);
  writer.tag(2, WireType.LengthDelimited).string(message);
  writer.tag(3, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(ERROR_INFO);
  writer.tag(2, WireType.LengthDelimited).bytes(info.finish());
  return writer.join().finish();
}
