// Internet addresses and ranges of them, as text. Pure.

/** Four bytes, or sixteen. An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is the IPv4 one. */
type Bytes = readonly number[];

export interface AddressRange {
  bytes: Bytes;
  /** Leading bits that must be equal. */
  bits: number;
}

const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  /** Networks that no stranger is on: a container's bridge, an office. */
  private: [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
  ],
};
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** An address without its port: `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`. */
export function parseAddress(text: string): Bytes | undefined {
  const trimmed = text.trim();
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed) ?? [];
  if (bracketed !== undefined) return ipv6(bracketed);
  const [, before] = /^([^:]+):\d+$/.exec(trimmed) ?? [];
  return ipv4(before ?? trimmed) ?? ipv6(trimmed);
}

/** The one text of an address: IPv6 in eight groups. */
export function addressText(bytes: Bytes): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) =>
    (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16),
  );
  return groups.join(":");
}

/** Ranges of an address, of `address/bits`, or of a name: `loopback`, `private`. Undefined for anything else. */
export function parseRanges(text: string): AddressRange[] | undefined {
  const named = Object.hasOwn(NAMED_RANGES, text) ? NAMED_RANGES[text] : undefined;
  if (named !== undefined) return named.flatMap((one) => parseRanges(one) ?? []);
  const [address = "", bits, more] = text.split("/");
  const bytes = parseAddress(address);
  if (bytes === undefined || more !== undefined) return undefined;
  const most = bytes.length * 8;
  if (bits === undefined) return [{ bytes, bits: most }];
  const count = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return count <= most ? [{ bytes, bits: count }] : undefined;
}

export function isWithin(bytes: Bytes, ranges: readonly AddressRange[]): boolean {
  return ranges.some((range) => fits(bytes, range));
}

function fits(bytes: Bytes, range: AddressRange): boolean {
  if (bytes.length !== range.bytes.length) return false;
  return bytes.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, range.bits - at * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((range.bytes[at] ?? 0) & mask);
  });
}

function ipv4(text: string): Bytes | undefined {
  const found = IPV4.exec(text);
  if (found === null) return undefined;
  const bytes = found.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function ipv6(text: string): Bytes | undefined {
  const [plain = ""] = text.split("%");
  const [head = "", tail, more] = plain.split("::");
  if (more !== undefined || !plain.includes(":")) return undefined;
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  if (before === undefined || after === undefined) return undefined;
  const missing = 16 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  const bytes = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return MAPPED_PREFIX.every((byte, at) => bytes[at] === byte) ? bytes.slice(12) : bytes;
}

/** Bytes of groups between colons, the last of which may be an IPv4 address. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [at, group] of groups.entries()) {
    const dotted = at === groups.length - 1 ? ipv4(group) : undefined;
    if (dotted === undefined && !/^[\da-f]{1,4}$/i.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes.push(...(dotted ?? [value >> 8, value & 0xff]));
  }
  return bytes;
}
