// What makes something valid something else: in the values of a body, in its text, in its bytes.
import type { Random } from "./random.ts";

const HOSTILE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  "",
  " ",
  "null",
  "\u0000",
  "\ud800",
  "a\r\nx-evil: 1",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "${7*7}",
  "x".repeat(201),
  "é".repeat(300),
  "2026-13-45T99:99:99Z",
  "1e999",
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  [null],
  { a: null },
  { toString: 1, valueOf: 2 },
];
const TOKENS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "\\u",
  "\\ud800",
  "1e",
  "-",
  "null",
  "\u0000",
];

/** A value somewhere inside is another one, gone, doubled, or one level deeper. */
export function mutateValue(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.25)) {
    return random.chance(0.2) ? [value] : random.one(HOSTILE);
  }
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    const copy: unknown[] = [...value];
    copy[at] = random.chance(0.3) ? copy[0] : mutateValue(copy[at], random);
    return copy;
  }
  const entries = Object.entries(value);
  const [key] = entries.length > 0 ? random.one(entries) : ["x"];
  const changed: Record<string, unknown> = { ...value };
  const how = random.next();
  if (how < 0.15) delete changed[key];
  else if (how < 0.3) changed[JSON.stringify(random.one(HOSTILE))] = changed[key];
  else changed[key] = mutateValue(changed[key], random);
  return changed;
}

export function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const length = 1 + random.below(8);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + random.one(TOKENS) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + text.slice(at, at + 50) + text.slice(at);
    case 3:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + String.fromCodePoint(random.below(0xd7ff)) + text.slice(at + 1);
  }
}

export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let i = 0; i <= random.below(4); i += 1) copy[random.below(copy.length)] = random.below(256);
  return random.chance(0.2) ? copy.subarray(0, random.below(copy.length + 1)) : copy;
}
