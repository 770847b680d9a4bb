// JSON text of whatever an app hands over. What JSON lacks is said in words, what is too long is cut and
// says so, and what cannot be read costs only itself, never what stands beside it.
import { cut } from "./cut.ts";

/** What is asked of an object whose kind is not known. */
interface Any extends Record<string, unknown> {
  toJSON?: () => unknown;
  byteLength: number;
}

/** `room`: for so many characters, about. Never throws. */
export function toJson(value: unknown, room = 5e5): string {
  const plain = (read: () => unknown, above: unknown[]): unknown => {
    try {
      let value = read() as Any;
      // Of an invalid date, JSON says nothing.
      if (value?.toJSON) value = (value.toJSON() ?? String(value)) as Any;
      room -= 9;
      if (/^[bsf][iyu]/.test(typeof value)) value = String(value) as unknown as Any;
      if (typeof value === "string") {
        const text = value as string;
        const kept = cut(text, Math.max(room, 0));
        room -= kept.length;
        return kept === text ? text : `${kept} [cut: ${text.length} characters]`;
      }
      if (Object(value) !== value) return value;
      // A deeper one would not be kept at the edge.
      if (above[60] || above.includes(value)) return "[circular]";
      if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
      const isMap = value instanceof Map;
      let from: object = value;
      if (isMap || value instanceof Set) from = [...(value as unknown as Set<unknown>)];
      if (value instanceof Error) from = { error: String(value), stack: value.stack, ...value };
      const copy = (Array.isArray(from) ? [] : Object.create(null)) as Any;
      for (const key of Object.keys(from)) {
        copy[key] = plain(() => (from as Any)[key], [value, ...above]);
        if (room < 0) break;
      }
      return copy;
    } catch {
      return "[unreadable]";
    }
  };
  return JSON.stringify(plain(() => value, []));
}
