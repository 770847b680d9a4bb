// JSON web tokens: `eyJ` is how base64 begins for `{"`. Two segments or more; encrypted ones have five.
import { isBase64Url, runEnd, type Scan, type Span } from "../text.ts";

const MIN_SEGMENT = 10;
const MAX_SEGMENTS = 5;
const DOT = 46;

export const jwt: Scan = (text) => {
  const spans: Span[] = [];
  let start = text.indexOf("eyJ");
  while (start !== -1) {
    const header = runEnd(text, start, isBase64Url);
    let end = header;
    let segments = 1;
    let longest = 0;
    while (segments < MAX_SEGMENTS && text.charCodeAt(end) === DOT) {
      const next = runEnd(text, end + 1, isBase64Url);
      longest = Math.max(longest, next - end - 1);
      segments += 1;
      end = next;
    }
    const found = header - start >= MIN_SEGMENT && longest >= MIN_SEGMENT;
    if (found) {
      while (text.charCodeAt(end - 1) === DOT) end -= 1;
      spans.push({ start, end });
    }
    start = text.indexOf("eyJ", found ? end : header);
  }
  return spans;
};
