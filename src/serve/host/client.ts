// The caller of a request, behind the proxies that the operator trusts. Pure. Whoever connects may write any
// header: without a trusted proxy the connection's own address counts, and nothing else.
import { addressText, type AddressRange, isWithin, parseAddress } from "./addresses.ts";

export interface Client {
  /** Empty where nobody knows it, as on a Unix socket. */
  address: string;
  /** A trusted proxy says that the caller came by https. */
  https: boolean;
}

/** @param peer address and port of the connection's other end */
export function clientOf(
  peer: string | undefined,
  headers: Headers,
  trusted: readonly AddressRange[],
): Client {
  let bytes = peer === undefined ? undefined : parseAddress(peer);
  if (bytes === undefined) return { address: "", https: false };
  if (!isWithin(bytes, trusted)) return { address: addressText(bytes), https: false };
  // Each proxy appends the address that it was called from: read backwards, until one that is not trusted.
  const chain = (headers.get("x-forwarded-for") ?? "").split(",");
  for (const entry of chain.toReversed()) {
    const before = parseAddress(entry);
    if (before === undefined) break;
    bytes = before;
    if (!isWithin(before, trusted)) break;
  }
  const protocols = headers.get("x-forwarded-proto") ?? "";
  const https = protocols.split(",")[0]?.trim().toLowerCase() === "https";
  return { address: addressText(bytes), https };
}
