type Present<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** The fields that have a value. */
export function omitUndefined<T extends object>(fields: T): Partial<Present<T>> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<Present<T>>;
}
