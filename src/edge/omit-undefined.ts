export type WithoutUndefined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without the keys that have no value. */
export function omitUndefined<T extends object>(value: T): WithoutUndefined<T> {
  const kept: WithoutUndefined<T> = {};
  for (const key in value) {
    if (value[key] !== undefined) kept[key] = value[key] as WithoutUndefined<T>[typeof key];
  }
  return kept;
}

/** The same; undefined where no key has a value. */
export function omitUndefinedOrNone<T extends object>(value: T): WithoutUndefined<T> | undefined {
  const kept = omitUndefined(value);
  return Object.keys(kept).length > 0 ? kept : undefined;
}
