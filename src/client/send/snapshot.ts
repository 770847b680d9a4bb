// A value as it is now. What nearly all apps hand over is plain: values that JSON has, none of them long, so that
// JSON can say it. Whatever else there is, safe-json.ts says in words: that is loaded when a page has the first of
// it (extras.ts), and what the app changes meanwhile stays as it was here.

/** The most characters of an action; each value counts as 9 besides. */
const MAX_LENGTH = 5e5;
const MAX_DEPTH = 60;
/** So long a word may be a file's base64. */
export const FILE = /[\w+/-]{1000}/;

/**
 * The value's copy, and whether all of it is plain. What is not stays what it is, or has `instead` in its place.
 * Never throws.
 */
export function snapshot(
  value: unknown,
  room = MAX_LENGTH,
  instead?: string,
): [copy: unknown, isPlain: boolean] {
  let isPlain = true;
  const copyOf = (one: unknown, depth: number): unknown => {
    const { toJSON } = Object(one ?? 0) as Partial<Date>;
    // A Buffer's own JSON is a list of numbers; an invalid date's is null.
    if (toJSON && !ArrayBuffer.isView(one)) one = toJSON.call(one) ?? String(one);
    if (/^[bsf][iyu]/.test(typeof one)) one = String(one);
    // oxlint-disable-next-line typescript/no-misused-spread -- what an app adds to its errors is their own
    if (one instanceof Error) one = { error: String(one), stack: one.stack, ...one };
    room -= typeof one === "string" ? one.length + 9 : 9;
    // It goes in a circle, or has no end.
    if (room < 0 || depth < 0) throw one;
    if (/^\[object (Obj|Array])/.test({}.toString.call(one))) {
      const of = (inner: unknown): unknown => copyOf(inner, depth - 1);
      return Array.isArray(one)
        ? one.map(of)
        : Object.fromEntries(
            Object.entries(one as object).map(([name, inner]) => [name, of(inner)]),
          );
    }
    if (Object(one) !== one && !FILE.test(String(one))) return one;
    isPlain = false;
    return instead ?? one;
  };
  try {
    return [copyOf(value, MAX_DEPTH), isPlain];
  } catch {
    return [instead ?? value, false];
  }
}

/** The JSON text of an action as far as it is plain; what is not says that it could not be read. */
export function bareJson(action: { data: object }): string {
  const fields = Object.entries(action.data).map(([name, value]) => [
    name,
    snapshot(value, undefined, "[unreadable]")[0],
  ]);
  return JSON.stringify({ ...action, data: Object.fromEntries(fields) });
}
