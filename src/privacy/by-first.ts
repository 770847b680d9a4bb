/**
 * Items by the first code unit of their text. Node 20, which runs the command, lacks `Map.groupBy`.
 */
export function byFirst<T>(items: readonly T[], textOf: (item: T) => string): Map<number, T[]> {
  const found = new Map<number, T[]>();
  for (const item of items) {
    const first = textOf(item).charCodeAt(0);
    found.set(first, [...(found.get(first) ?? []), item]);
  }
  return found;
}
