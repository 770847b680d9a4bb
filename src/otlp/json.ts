// Readers of untrusted JSON: nothing here recurses, so no nesting can overflow the stack.

export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A number, or text of one; NaN of anything else. An object has its own say in what it becomes, or throws. */
export function numberOf(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
}

/** Deepest nesting that is read; deeper values are refused as unreadable. */
export const DEEPEST = 200;

/** Every value inside a value, itself and the keys of objects included, with its depth. */
export function* everythingIn(value: unknown): Generator<{ value: unknown; depth: number }> {
  const waiting = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const depth = next.depth + 1;
    if (Array.isArray(next.value)) {
      for (const item of next.value as unknown[]) waiting.push({ value: item, depth });
    } else if (isObject(next.value)) {
      for (const [key, item] of Object.entries(next.value)) {
        waiting.push({ value: key, depth }, { value: item, depth });
      }
    }
  }
}

export function isTooDeep(value: unknown): boolean {
  for (const { depth } of everythingIn(value)) if (depth > DEEPEST) return true;
  return false;
}

export function hasLoneSurrogate(value: unknown): boolean {
  for (const { value: item } of everythingIn(value)) {
    if (typeof item === "string" && !item.isWellFormed()) return true;
  }
  return false;
}
