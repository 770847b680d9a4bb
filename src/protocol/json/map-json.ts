// Maps what is in a JSON value, level by level. What does not change stays the same value, and is not
// copied: most of what passes is as it should be.

type Members<T> = Readonly<Record<string, T>>;

export function mapItems<T>(items: readonly T[], itemOf: (item: T, index: number) => T): T[] {
  let changed: T[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] as T;
    const mapped = itemOf(item, index);
    if (changed === undefined && mapped !== item) changed = items.slice(0, index);
    changed?.push(mapped);
  }
  return changed ?? (items as T[]);
}

/** Of keys that get the same name the last one's value stays. */
export function mapMembers<T>(
  members: Members<T>,
  keyOf: (key: string) => string,
  itemOf: (item: T, key: string) => T,
): Record<string, T> {
  // Entries, since a key may be `__proto__`.
  let changed: [string, T][] | undefined;
  let passed = 0;
  for (const key in members) {
    const item = members[key] as T;
    const name = keyOf(key);
    const mapped = itemOf(item, key);
    if (changed === undefined && (name !== key || mapped !== item)) {
      changed = Object.entries(members).slice(0, passed);
    }
    changed?.push([name, mapped]);
    passed += 1;
  }
  return changed === undefined ? members : Object.fromEntries(changed);
}
