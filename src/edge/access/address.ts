/**
 * The address of a request's sender, to count by; empty outside Cloudflare. Of IPv6 only the first
 * half counts: a sender may choose the rest, and so has as many addresses as it likes.
 */
export function addressKey(headers: Headers): string {
  const address = headers.get("cf-connecting-ip")?.trim().toLowerCase() ?? "";
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return groups.slice(0, 4).join(":");
}

/** Without leading zeros: they make no other address. */
function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":").map((group) => group.replace(/^0+(?=.)/, ""));
}
