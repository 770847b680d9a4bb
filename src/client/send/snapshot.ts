// An action's JSON text as it is at the call: what the app changes later changes nothing. What nearly all apps hand
// over is plain: values that JSON has, none of them long. Whatever else there is, the extras say in words
// (safe-json.ts): they are loaded when a page has the first of it, and until then a mark stands in its place.

/** The most characters of an action; each value counts as 9 besides. */
export const MAX_LENGTH = 5e5;
/** A deeper one would not be kept at the edge. */
const MAX_DEPTH = 59;
/** So long a word may be a file's base64. */
export const FILE = /[\w+/-]{1000}/;
/** Told where the extras do not come. */
const MARK = "[unreadable]";

/**
 * The action's text, and the values in whose places it has the mark, in their order. A field that goes in a circle, has no
 * end or cannot be read is such a value as a whole. Never throws.
 */
export function snapshot(
  data: object,
  head: { seq?: number | undefined; action?: string; at: number },
  room: number,
): { json: string; odd: unknown[]; room: number } {
  let left = room;
  const odd: unknown[] = [];
  /** What the value is in, from its field on. */
  const above: unknown[] = [];
  function plain(this: Record<string, unknown>, name: string, value: unknown): unknown {
    const given = this[name];
    above.length = above.indexOf(this) + 1;
    // A Buffer's own JSON is a list of numbers; an invalid date's is null.
    if (ArrayBuffer.isView(given)) value = given;
    // oxlint-disable-next-line typescript/no-base-to-string -- those whose own JSON is null have a text
    value ??= given && String(given);
    if (/^[bsf][iyu]/.test(typeof value)) value = String(value);
    // oxlint-disable-next-line typescript/no-misused-spread -- what an app adds to its errors is their own
    if (value instanceof Error) value = { error: String(value), stack: value.stack, ...value };
    left -= typeof value === "string" ? value.length + 9 : 9;
    if (left < 0 || above.push(value) > MAX_DEPTH) throw value;
    const isPlain =
      Object(value) === value
        ? / (Obj|Array])/.test({}.toString.call(value))
        : value !== MARK && !FILE.test(value as string);
    return isPlain ? value : (odd.push(value), MARK);
  }
  const fields: string[] = [];
  for (const [name, value] of Object.entries(data)) {
    const had = left;
    const before = odd.length;
    let text: string | undefined = JSON.stringify(MARK);
    try {
      text = JSON.stringify(value, plain);
    } catch {
      left = had;
      odd.splice(before, Infinity, value);
    }
    if (text) fields.push(`${JSON.stringify(name)}:${text}`);
  }
  return { json: `${JSON.stringify(head).slice(0, -1)},"data":{${fields.join()}}}`, odd, room };
}
