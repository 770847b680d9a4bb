// Values of a state as rows of a snapshot, and back: one table says both. Rows name no
// fields: a place in a row keeps its meaning for ever, and new ones go to the end.
import type { OrderKeyReader, OrderKeyWriter } from "./snapshot-order-keys.ts";
import { lastWriteWins, writesOf, type Register } from "../assembly/order-key.ts";

export interface Codec<T> {
  write: (value: T, stamps: OrderKeyWriter) => unknown;
  read: (cell: unknown, stamps: OrderKeyReader) => T;
  /** The value may be absent. */
  optional?: true;
  /** A place that was added after the first release: rows that do not need it stay as they were. */
  added?: true;
}

/** A value that JSON keeps as it is. */
export function plain<T>(): Codec<T> {
  return { write: (value) => value, read: (cell) => cell as T };
}

export function optional<T>(codec: Codec<T>): Codec<T> {
  return { ...codec, optional: true };
}

export function added<T>(codec: Codec<T>): Codec<T> {
  return { ...codec, optional: true, added: true };
}

export const flag: Codec<boolean> = {
  write: (value) => (value ? 1 : 0),
  read: (cell) => cell === 1,
};

/**
 * An object as a row: the order of the table is that of its places.
 * @throws RangeError on reading a row that lacks a value
 */
export function rowOf<T extends object>(table: {
  [K in keyof T]-?: Codec<Exclude<T[K], undefined>>;
}): Codec<T> {
  const places = Object.entries(table) as [keyof T & string, Codec<unknown>][];
  return {
    write: (value, stamps) => {
      const row = places.map(([name, codec]) =>
        value[name] === undefined ? null : codec.write(value[name], stamps),
      );
      while (places[row.length - 1]?.[1].added === true && row.at(-1) === null) row.pop();
      return row;
    },
    read: (cell, stamps) => {
      const row = cell as unknown[];
      const value: Partial<T> = {};
      for (const [index, [name, codec]] of places.entries()) {
        const part = row[index] ?? null;
        if (part !== null) value[name] = codec.read(part, stamps) as T[keyof T & string];
        else if (codec.optional !== true) throw new RangeError(`a snapshot without ${name}`);
      }
      return value as T;
    },
  };
}

/** A map of values that hold their key. */
export function mapBy<T>(codec: Codec<T>, keyOf: (value: T) => string): Codec<Map<string, T>> {
  return {
    write: (map, stamps) => Array.from(map.values(), (value) => codec.write(value, stamps)),
    read: (cell, stamps) => {
      const map = new Map<string, T>();
      for (const row of cell as unknown[]) {
        const value = codec.read(row, stamps);
        map.set(keyOf(value), value);
      }
      return map;
    },
  };
}

/** Key and value, key and value … */
export function mapOf<T>(codec: Codec<T>): Codec<Map<string, T>> {
  return {
    write: (map, stamps) =>
      Array.from(map).flatMap(([key, value]) => [key, codec.write(value, stamps)]),
    read: (cell, stamps) => {
      const cells = cell as unknown[];
      const map = new Map<string, T>();
      for (let index = 0; index + 1 < cells.length; index += 2) {
        map.set(cells[index] as string, codec.read(cells[index + 1], stamps));
      }
      return map;
    },
  };
}

/** Value and order key, and those of other clients. An order key is written once, however many values have it. */
export function register<V extends string>(): Codec<Register<V>> {
  return {
    write: (one, stamps) => writesOf(one).flatMap(({ v, s }) => [v, stamps.numberOf(s)]),
    read: (cell, stamps) => {
      const cells = cell as (V | number)[];
      let read: Register<V> | undefined;
      for (let index = 0; index + 1 < cells.length; index += 2) {
        read = lastWriteWins(read, cells[index] as V, stamps.at(cells[index + 1] as number));
      }
      if (read === undefined) throw new RangeError("a snapshot without a value");
      return read;
    },
  };
}

/** Key, value, order key; and again … A key stands once for each client that wrote it. */
export function registers<K extends string, V extends string | number | boolean>(): Codec<
  Map<K, Register<V>>
> {
  return {
    write: (map, stamps) => {
      const cells: (string | number | boolean)[] = [];
      for (const [key, one] of map) {
        for (const { v, s } of writesOf(one)) cells.push(key, v, stamps.numberOf(s));
      }
      return cells;
    },
    read: (cell, stamps) => {
      const cells = cell as (string | number | boolean)[];
      const map = new Map<K, Register<V>>();
      for (let index = 0; index + 2 < cells.length; index += 3) {
        const key = cells[index] as K;
        const orderKey = stamps.at(cells[index + 2] as number);
        map.set(key, lastWriteWins(map.get(key), cells[index + 1] as V, orderKey));
      }
      return map;
    },
  };
}
