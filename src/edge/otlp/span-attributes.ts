// A span's attributes while they are read and completed: each key once, in the order sent. Pure.
import type { AnyValue, KeyValue } from "../../otlp/types.ts";

export class SpanAttributes {
  readonly #values: Map<string, AnyValue>;

  constructor(list: readonly KeyValue[]) {
    this.#values = new Map(list.map(({ key, value }) => [key, value]));
  }

  /** Undefined also for a value of another kind. */
  text(key: string): string | undefined {
    const value = this.#values.get(key);
    return value !== undefined && "stringValue" in value && value.stringValue !== ""
      ? value.stringValue
      : undefined;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  set(key: string, text: string): void {
    this.#values.set(key, { stringValue: text });
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  list(): KeyValue[] {
    return Array.from(this.#values, ([key, value]) => ({ key, value }));
  }
}
