// Reads an object by its schema. What is wrong comes back in the schema's order and in its words: the
// path and a message, never the value.
import type * as z from "zod";
import type { Issue } from "../request-refusal.ts";

export type Schema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

export function parseFields<S extends Schema>(
  schema: S,
  given: unknown,
): { data: z.output<S> } | { issues: Issue[] } {
  const { data, error } = schema.safeParse(given);
  if (error === undefined) return { data };
  const issues = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  return { issues };
}
