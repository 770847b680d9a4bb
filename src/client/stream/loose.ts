/** JSON of a shape that nobody has checked. */
export interface Loose {
  readonly [name: string]: Loose | undefined;
}

/** The objects of a list, or the one object. */
export const objects = (value: unknown): Loose[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => item && typeof item === "object");

/** The value, where it is text. */
export const word = (value: unknown): string => (typeof value === "string" ? value : "");
