import { isDigit, isHex, type Text } from "../text.ts";

const COLON = 58;
const DOT = 46;

/**
 * Whether this is an IPv6 address that names someone: eight groups, or fewer around one `::`. With a
 * `::` and no digit at all it would as well be code (`abc::def`).
 */
export function isIpv6(text: Text, start: number, end: number): boolean {
  let groups = 0;
  let size = 0;
  let gap = false;
  let digits = false;
  let i = start;
  while (i < end) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      // The rest is an IPv4 address, which counts for two groups; the number before the dot is its.
      if (!isIpv4Tail(text, i - size, end)) return false;
      groups += 2;
      size = 0;
      i = end;
    } else if (code === COLON) {
      const double = text.charCodeAt(i + 1) === COLON && i + 1 < end;
      if (double && gap) return false;
      if (!double && size === 0) return false;
      if (size > 0) groups += 1;
      gap ||= double;
      size = 0;
      i += double ? 2 : 1;
      if (!double && i === end) return false;
    } else {
      if (!isHex(code)) return false;
      size += 1;
      if (size > 4) return false;
      digits ||= isDigit(code);
      i += 1;
    }
  }
  if (size > 0) groups += 1;
  const isLoopback = gap && groups <= 1 && end - start <= 3;
  return gap ? groups <= 7 && digits && !isLoopback : groups === 8;
}

function isIpv4Tail(text: Text, start: number, end: number): boolean {
  let dots = 0;
  let size = 0;
  let value = 0;
  for (let i = start; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (isDigit(code)) {
      size += 1;
      value = value * 10 + code - 48;
      if (size > 3 || value > 255) return false;
    } else if (code === DOT && size > 0) {
      dots += 1;
      size = 0;
      value = 0;
    } else return false;
  }
  return dots === 3 && size > 0;
}
