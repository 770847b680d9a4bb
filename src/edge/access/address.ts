/**
 * Where a request comes from, to count by. Of IPv6 the first half: the rest is its user's to choose,
 * so who has one address has as many as they like.
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

/** Leading zeros are no other address. */
function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":").map((group) => group.replace(/^0+(?=.)/, ""));
}
