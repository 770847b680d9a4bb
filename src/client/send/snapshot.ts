// A value as it is now. What nearly all apps hand over is plain: values that JSON has, none of them long, so that
// JSON can say it. Whatever else there is, safe-json.ts says in words: that is loaded when a page has the first of
// it (extras.ts), and what the app changes meanwhile stays as it was here.

/** The most characters of an action; each value counts as 9 besides. */
const MAX_LENGTH = 5e5;
const MAX_DEPTH = 60;
/** So long a word may be a file's base64. */
export const FILE = /[\w+/-]{1000}/;

/** The value's copy, down to what is not plain, and whether all of it is. Never throws. */
export function snapshot<Value>(value: Value, room = MAX_LENGTH): [copy: Value, isPlain: boolean] {
  let isPlain = true;
  const copyOf = (one: unknown, depth: number): unknown => {
    const { toJSON } = Object(one ?? 0) as Partial<Date>;
    // A Buffer's own JSON is a list of numbers; an invalid date's is null.
    if (toJSON && !ArrayBuffer.isView(one)) one = toJSON.call(one) ?? String(one);
    if (/^[bsf][iyu]/.test(typeof one)) one = String(one);
    room -= typeof one === "string" ? one.length + 9 : 9;
    // What goes in a circle, or has no end, stays what it is.
    if (room < 0 || depth < 0) throw one;
    if (/^\[object (Obj|Arr)/.test({}.toString.call(one))) {
      return Array.isArray(one)
        ? one.map((inner) => copyOf(inner, depth - 1))
        : Object.fromEntries(
            Object.entries(one as object).map(([name, inner]) => [name, copyOf(inner, depth - 1)]),
          );
    }
    isPlain &&= Object(one) !== one && !FILE.test(String(one));
    return one;
  };
  try {
    return [copyOf(value, MAX_DEPTH) as Value, isPlain];
  } catch {
    return [value, false];
  }
}

/** The JSON text of an action as far as its fields are plain; the others say that they could not be read. */
export function bareJson(action: { data: object }): string {
  const fields = Object.entries(action.data).map(([name, value]) => {
    const [copy, isPlain] = snapshot<unknown>(value);
    return [name, isPlain ? copy : "[unreadable]"];
  });
  return JSON.stringify({ ...action, data: Object.fromEntries(fields) });
}
