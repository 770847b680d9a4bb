// Text in lines or in JSON values, whatever their length: what a string holds beyond any text that is
// kept (a picture, a recording) is left out as it comes, so that the rest stays JSON and memory stays
// bounded. Each character is looked at once.

const MAX_STRING_LENGTH = 2e5;
/** Beyond it strings are cut to a few characters … */
const MANY = 5e5;
const SHORT_STRING_LENGTH = 100;
/** … and beyond that what comes is dropped, until the next line or value. */
export const MAX_LENGTH = 2e6;

/** `emit`: is given each JSON value, those of a list one by one; else all is kept until it is taken. */
export function createScanner(emit?: (value: string) => void) {
  let kept = "";
  let depth = 0;
  let isQuoted = false;
  let isEscaped = false;
  let room = 0;
  const take = (): string => {
    const all = kept;
    kept = "";
    depth = 0;
    isQuoted = isEscaped = false;
    return all;
  };
  const add = (text: string): void => {
    for (const [token] of text.matchAll(/["\\[\]{}]|[^"\\[\]{}]+/g)) {
      let piece = token;
      if (isQuoted && (isEscaped || token !== '"')) {
        // No JSON has it: a value was broken off.
        if (emit && /[\r\n]/.test(token)) take();
        isEscaped = !isEscaped && token === "\\";
        // An escape is kept whole: its longest form has six characters.
        if (isEscaped && room > 0) room = Math.max(room, 6);
        piece = token.slice(0, Math.max(room, 0));
        room -= token.length;
      } else if (token === '"') {
        isQuoted = !isQuoted;
        room = kept.length > MANY ? SHORT_STRING_LENGTH : MAX_STRING_LENGTH;
      } else if (depth || token === "{") {
        depth += /[[{]/.test(token) ? 1 : /[\]}]/.test(token) ? -1 : 0;
      } else if (emit) continue;
      if (kept.length < MAX_LENGTH) kept += piece;
      if (emit && !depth && !isQuoted) emit(take());
    }
  };
  return { add, take };
}

/** Lines end as the standard of server-sent events has it: CR, LF or both. */
export function createLines(emit: (line: string) => void) {
  let line = "";
  let long: ReturnType<typeof createScanner> | undefined;
  let endedWithCr = false;
  const finish = (): void => {
    const whole = long?.take() ?? line;
    line = "";
    long = undefined;
    emit(whole);
  };
  const add = (text: string): void => {
    if (endedWithCr && text.startsWith("\n")) text = text.slice(1);
    else if (!text) return;
    endedWithCr = text.endsWith("\r");
    text.split(/\r\n|[\r\n]/).forEach((part, index) => {
      if (index) finish();
      line += part;
      if (long || line.length > MAX_STRING_LENGTH) {
        long ??= createScanner();
        long.add(line);
        line = "";
      }
    });
  };
  return { add, finish };
}
