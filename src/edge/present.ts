export type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without the keys that have no value. */
export function present<T extends object>(value: T): Present<T> {
  const kept: Present<T> = {};
  for (const key in value) {
    if (value[key] !== undefined) kept[key] = value[key] as Present<T>[typeof key];
  }
  return kept;
}

/** The same; undefined where no key has a value. */
export function presentOrNone<T extends object>(value: T): Present<T> | undefined {
  const kept = present(value);
  return Object.keys(kept).length > 0 ? kept : undefined;
}
