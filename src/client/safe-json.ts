// JSON text of whatever an app hands over. What JSON lacks is said in words, what is too long is cut and
// says so, and what cannot be read costs only itself, never what stands beside it.
import { cut } from "./cut.ts";

/** What is asked of a value whose kind is not known. */
interface Any {
  name: string;
  stack?: string;
  byteLength: number;
  size: number;
  toJSON?: () => unknown;
}

/** `room`: for so many characters, about. Never throws. */
export function toJson(value: unknown, room = 5e5): string {
  const plain = (read: () => unknown, above: unknown[]): unknown => {
    try {
      let value = read();
      const { toJSON } = Object(value) as Any;
      // Of an invalid date, JSON says nothing.
      if (toJSON) value = toJSON.call(value) ?? String(value);
      room -= 9;
      if (typeof value === "string") {
        const kept = cut(value, Math.max(room, 0));
        room -= kept.length;
        return kept === value ? value : `${kept} [cut: ${value.length} characters]`;
      }
      if (typeof value === "function") return `[function ${value.name}]`;
      if (/^(bi|sy)/.test(typeof value)) return String(value);
      if (Object(value) !== value) return value;
      // A deeper one would not be kept at the edge.
      if (room < 0 || above[60] || above.includes(value)) return "[left out]";
      const { stack, byteLength, size } = value as Any;
      if (value instanceof Map) value = Object.fromEntries(value);
      if (value instanceof Set) value = [...value];
      if (value instanceof Error) value = { error: String(value), stack, ...value };
      const bytes = ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? byteLength : value instanceof Blob ? size : undefined;
      if (bytes) return JSON.stringify({ type: (value as Blob).type ?? (value as object).constructor.name, bytes });
      const entries = Object.keys(value as object).map((key) => [
        key,
        plain(() => (value as Record<string, unknown>)[key], [value, ...above]),
      ]);
      return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
    } catch {
      return "[unreadable]";
    }
  };
  return JSON.stringify(plain(() => value, []));
}
