// JSON text of whatever an app hands over. What JSON lacks is said in words, what is too long is cut and
// says so, and what cannot be read costs only itself, never what stands beside it.
import type { Item } from "../send/queue.ts";
import { placeholder, typeBeside, withoutFiles } from "./files.ts";

/** As cut.ts, which is of the first chunk: a module of both would become a third one, of four times its size. */
export const cut = (text: string, most: number): string =>
  text.length > most ? text.slice(0, most).replace(/\p{Cs}$/u, "") : text;

type Fields = Record<string, unknown>;

/** By the platform's name for them: what holds bytes, and what holds entries. */
const BYTES = /Buffer$|^(Blob|File)$/;
const ENTRIES = /^(Map|Set|Headers|FormData|URLSearchParams)$/;

/**
 * The JSON text of an action, of about `room` characters at most. Never throws, and each of the action's
 * own fields is kept or says why it is not.
 */
export function toJson(action: unknown, room = 5e5): string {
  const plain = (read: () => unknown, above: unknown[]): unknown => {
    try {
      let value = read();
      const isView = ArrayBuffer.isView(value);
      const { toJSON } = Object(value ?? 0) as { toJSON?: () => unknown };
      // An invalid date is null in JSON. Such a name may be a field's as well.
      if (toJSON?.call && !isView) value = toJSON.call(value) ?? String(value);
      room -= 9;
      if (/^[bsf][iyu]/.test(typeof value)) value = String(value);
      if (typeof value === "string") {
        const text = withoutFiles(value, above[0]);
        // Ids stay, whatever stands before them.
        const kept = cut(text, Math.max(room, 200));
        room -= kept.length;
        return kept === text ? text : `${kept} [cut: ${text.length} characters]`;
      }
      if (typeof value !== "object" || !value) return value;
      // A deeper one would not be kept at the edge.
      if (above[60] || above.includes(value)) return "[circular]";
      const kind = Object.prototype.toString.call(value).slice(8, -1);
      if (value instanceof RegExp) return `${value}`;
      if (isView || BYTES.test(kind)) {
        const { type, size, byteLength = size } = value as Partial<Blob & ArrayBuffer>;
        return placeholder(type ?? typeBeside(above[0]), byteLength as number);
      }
      const from = (
        ENTRIES.test(kind)
          ? [...(value as Set<unknown>)]
          : value instanceof Error
            ? { error: String(value), stack: value.stack, ...(value as object) }
            : value
      ) as Fields;
      const keys = Object.keys(from);
      // JSON writes each hole of a list: one with an entry at a large number is told as an object.
      const isList = Array.isArray(from) && from.length - keys.length < 1e3;
      const copy = (isList ? [] : Object.create(null)) as Fields;
      for (const key of keys) {
        const isFull = room < 0 && above[1];
        copy[key] = isFull ? "[cut]" : plain(() => from[key], [value, ...above]);
        if (isFull) break;
      }
      return copy;
    } catch {
      return "[unreadable]";
    }
  };
  return JSON.stringify(plain(() => action, []));
}

/** Puts the odd values into the action's text, in the places of the mark (snapshot.ts). */
export function complete(item: Item): void {
  if (!item.odd.length) return;
  const parsed: unknown = JSON.parse(item.json, (_, value: unknown) =>
    value === "[unreadable]" ? item.odd.shift() : value,
  );
  item.json = toJson(parsed, item.room);
}
