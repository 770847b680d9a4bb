// The SDK that posts, as it says itself: in headers (some write their names with underscores), in the batch's
// metadata, else the program that made the request. Pure. Strangers choose these words: cut, and plain.
import { isObject } from "../../protocol/wire.ts";

export interface Sender {
  sdk: string;
  version: string;
}

const UNKNOWN = "unknown";
const LONGEST = 64;

export function senderOf(headers: Headers, metadata: unknown): Sender {
  const said = isObject(metadata) ? metadata : {};
  const header = (name: string): unknown =>
    headers.get(`x-langfuse-sdk-${name}`) ?? headers.get(`x_langfuse_sdk_${name}`);
  const sdk = word(header("name")) ?? word(said["sdk_name"]) ?? word(said["sdk_integration"]);
  const version = word(header("version")) ?? word(said["sdk_version"]);
  if (sdk !== undefined) return { sdk, version: version ?? UNKNOWN };
  const [program = "", its] = (headers.get("user-agent") ?? "").split(/\s/)[0]?.split("/") ?? [];
  return { sdk: word(program) ?? UNKNOWN, version: version ?? word(its) ?? UNKNOWN };
}

function word(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const plain = value
    .replaceAll(/[^\w .@/+-]/g, "")
    .trim()
    .slice(0, LONGEST);
  return plain === "" ? undefined : plain;
}
